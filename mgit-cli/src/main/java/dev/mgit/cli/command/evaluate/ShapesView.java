package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.shapes.Gpu;
import dev.mgit.lineage.shapes.ModelShape;
import dev.mgit.lineage.shapes.ModelShapes;
import dev.mgit.lineage.shapes.ShapeAdvice;
import dev.mgit.lineage.shapes.ShapeAdvice.Remark;
import dev.mgit.lineage.shapes.UnknownShapes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code mgit inspect --shapes}. */
final class ShapesView {
    private static final String CLAIM =
            "Advice from shapes alone, for 16-bit weights; no speed was measured or is promised.";
    private static final long MOST = 1 << 24;

    @Option(names = "--shapes", description = "Advise on dimensions for GPUs.")
    private boolean shapes;

    @Option(names = "--tp", paramLabel = "N", description = "Layers are split over N GPUs. Default: 1.")
    private long tp = 1;

    @Option(names = "--gpu", paramLabel = "a100|h100|v100", description = "Default: a100.")
    private Gpu gpu = Gpu.A100;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            description = "Tokens in a product, batch times sequence, for waves. Default: 8192.")
    private long tokens = 8192;

    @Option(names = "--all", description = "All remarks, not only those its parent does not have.")
    private boolean all;

    /** What is looked at, and what it is compared with. */
    private record Subject(ModelShape shape, Optional<ModelShape> parent, String parentName, List<String> unknown) {}

    boolean wanted() {
        return shapes;
    }

    void show(Context context, String named, boolean json) throws IOException {
        if (tp < 1 || tp > 4096 || tokens < 1 || tokens > MOST) {
            throw MgitException.usage("--tp must be 1 to 4096, and --tokens 1 to " + MOST);
        }
        Subject subject = subject(context, named);
        var advice = new ShapeAdvice(gpu, tp, tokens);
        List<Remark> remarks = subject.parent()
                .filter(parent -> !all)
                .map(parent -> advice.changes(subject.shape(), parent))
                .orElseGet(() -> advice.of(subject.shape()));
        if (json) {
            context.output().json(out -> json(out, subject, remarks));
        } else {
            print(context.output(), subject, remarks);
        }
    }

    private static Subject subject(Context context, String named) throws IOException {
        Path path = context.directory().resolve(named);
        try (@Nullable Session session = Session.ifAny(context)) {
            Optional<VersionId> version = session == null
                    ? Optional.empty()
                    : session.repository()
                            .lineage()
                            .tryResolve(session.revisions().inFull(named));
            if (version.isPresent() && session != null) {
                return subject(session, version.get());
            }
            if (session != null && !Files.exists(path)) {
                session.resolve(named);
            }
        }
        ModelShape shape = ModelShapes.of(path);
        return new Subject(shape, Optional.empty(), "", UnknownShapes.of(shape));
    }

    private static Subject subject(Session session, VersionId version) {
        Lineage lineage = session.repository().lineage();
        ModelShape shape = ModelShapes.of(lineage, version);
        List<String> unknown = new ArrayList<>(UnknownShapes.of(shape));
        Optional<VersionId> parent = parent(lineage.version(version));
        String name = parent.map(session::name).orElse("");
        try {
            return new Subject(shape, parent.map(id -> ModelShapes.of(lineage, id)), name, unknown);
        } catch (MgitException e) {
            unknown.add("Not compared with " + name + ": " + e.getMessage() + ".");
            return new Subject(shape, Optional.empty(), name, unknown);
        }
    }

    private static Optional<VersionId> parent(Version version) {
        return version.origins().stream()
                .findFirst()
                .map(ProvenanceEdge::parent)
                .or(version::previous);
    }

    private void print(Output output, Subject subject, List<Remark> remarks) {
        for (Remark remark : remarks) {
            String was = subject.parent()
                    .flatMap(parent -> ShapeAdvice.valueIn(parent, remark))
                    .map(value -> " (was " + value + ")")
                    .orElse("");
            String nearest = remark.nearest().isEmpty()
                    ? ""
                    : "; nearest good: "
                            + remark.nearest().stream()
                                    .map(value -> value + String.format(" (%+d)", value - remark.value()))
                                    .collect(Collectors.joining(", "));
            output.line(output.styled(Output.Style.YELLOW, remark.dimension() + " " + remark.value()) + was + ": "
                    + remark.rule() + nearest);
        }
        boolean compared = subject.parent().isPresent() && !all;
        if (remarks.isEmpty()) {
            output.line(
                    compared
                            ? "No remark that " + subject.parentName() + " does not have; --all lists all"
                            : "No remarks for " + gpu);
        } else if (compared) {
            output.line("Only what " + subject.parentName() + " does not have; --all lists all.");
        }
        subject.unknown().forEach(output::line);
        output.line(CLAIM);
    }

    private void json(JsonGenerator json, Subject subject, List<Remark> remarks) throws IOException {
        json.writeStringField("gpu", gpu.toString());
        json.writeNumberField("tp", tp);
        json.writeNumberField("tokens", tokens);
        if (subject.parent().isPresent()) {
            json.writeStringField("parent", subject.parentName());
        }
        json.writeArrayFieldStart("remarks");
        for (Remark remark : remarks) {
            json.writeStartObject();
            json.writeStringField("dimension", remark.dimension());
            json.writeNumberField("value", remark.value());
            Optional<Long> was = subject.parent().flatMap(parent -> ShapeAdvice.valueIn(parent, remark));
            if (was.isPresent()) {
                json.writeNumberField("was", was.get());
            }
            json.writeStringField("rule", remark.rule());
            json.writeArrayFieldStart("nearest");
            for (long value : remark.nearest()) {
                json.writeNumber(value);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("unknown");
        for (String sentence : subject.unknown()) {
            json.writeString(sentence);
        }
        json.writeEndArray();
        json.writeStringField("claim", CLAIM);
    }
}
