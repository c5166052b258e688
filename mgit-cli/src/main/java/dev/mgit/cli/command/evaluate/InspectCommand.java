package dev.mgit.cli.command.evaluate;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
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
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Tells what a model is built like. */
@Command(
        name = "inspect",
        description = {
            "Count a model's parameters by role, from headers alone: no weights are read.",
            "Roles are told by the names of tensors; what no known family names is listed as other.",
            "A file on the web is read by range requests; for a checkpoint in several files give the address of its "
                    + "index (.safetensors.index.json).",
            "Works on paths and addresses outside a repository too."
        })
public final class InspectCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            paramLabel = "REV|PATH|URL",
            arity = "0..1",
            defaultValue = "@",
            description = "A revision, a file or folder, or http(s)://. Default: the version checked out here.")
    private String subject = "@";

    @Mixin
    private final JsonOption json = new JsonOption();

    InspectCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        ModelHeader header = header();
        RoleCounts counts = RoleCounts.of(header.tensors());
        if (counts.byRole().isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there are no tensors in '" + subject + "'",
                    "give a checkpoint (.safetensors, .gguf, .bin, .onnx, …)");
        }
        String layers = LayerPattern.of(ModelBlocks.of(header.config(), header.tensors()));
        var text = new RoleText(context.output());
        if (json.wanted()) {
            context.output().json(out -> {
                out.writeStringField("layers", layers);
                text.json(out, counts);
            });
            return 0;
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
        return 0;
    }

    private ModelHeader header() throws IOException {
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
