package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.architecture.LayerPattern;
import dev.mgit.lineage.architecture.ModelBlocks;
import dev.mgit.lineage.architecture.ModelHeader;
import dev.mgit.lineage.architecture.RoleCounts;
import dev.mgit.lineage.architecture.WebAddress;
import dev.mgit.lineage.diff.DiffSide;
import dev.mgit.lineage.diff.DiffSides;
import java.io.IOException;
import java.util.Optional;

/** Parameters by role and the pattern of layers, from headers and configuration alone. */
final class RolesView {
    private RolesView() {}

    static void show(Context context, String subject, boolean json) throws IOException {
        ModelHeader header = header(context, subject);
        RoleCounts counts = RoleCounts.of(header.tensors());
        if (counts.byRole().isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there are no tensors in '" + subject + "'",
                    "give a checkpoint (.safetensors, .gguf, .bin, .onnx, …)");
        }
        String layers = LayerPattern.of(ModelBlocks.of(header.config(), header.tensors()));
        var text = new RoleText(context.output());
        if (json) {
            context.output().json(out -> {
                out.writeStringField("layers", layers);
                text.json(out, counts);
            });
            return;
        }
        context.output()
                .line(RoleText.number(counts.total().parameters()) + " parameters, "
                        + Output.bytes(counts.total().bytes()) + " of " + String.join(", ", counts.dtypes()) + " in "
                        + String.join(", ", header.formats()));
        if (!layers.isEmpty()) {
            context.output().line("Layers " + layers);
        }
        context.output().line("");
        text.print(counts);
    }

    private static ModelHeader header(Context context, String subject) throws IOException {
        if (WebAddress.looksLike(subject)) {
            return ModelHeader.of(WebAddress.parse(subject));
        }
        try (Session session = Session.ifAny(context)) {
            var repository = Optional.ofNullable(session).map(Session::repository);
            String named = session == null ? subject : session.revisions().inFull(subject);
            DiffSide side = new DiffSides(repository, context.directory()).parse(named);
            if (side instanceof DiffSide.OnDisk disk) {
                return ModelHeader.of(disk.path());
            }
            return ModelHeader.of(repository.orElseThrow(), ((DiffSide.Revision) side).version());
        }
    }
}
