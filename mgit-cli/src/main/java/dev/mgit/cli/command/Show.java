package dev.mgit.cli.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.ResultText;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.VersionText;
import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.checkpoint.LossReport.TensorLoss;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows one version. */
@Command(
        name = "show",
        description = "Show a version: its edges, files, test results, recipe and, if asked, its tensors.")
public final class Show implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", description = "A model, tag, id, or REV~N.")
    private String revision = "";

    @Option(names = "--tensors", description = "List the tensors of each file.")
    private boolean tensors;

    @Mixin
    private final JsonOption json = new JsonOption();

    Show(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            VersionId id = lineage.resolve(revision);
            Version version = lineage.version(id);
            Checkpoint checkpoint = lineage.checkpoint(id);
            var results = new ResultText(context, session);
            var text = new VersionText(lineage, context.output());
            if (json.wanted()) {
                context.output().json(out -> {
                    text.fields(out, version);
                    json(out, lineage, checkpoint);
                    results.json(out, version);
                    results.recipeJson(out, version);
                });
            } else {
                text.full(version).forEach(context.output()::line);
                print(lineage, checkpoint);
                List<String> tests = results.lines(version);
                if (!tests.isEmpty()) {
                    context.output().line("");
                    tests.forEach(context.output()::line);
                }
                results.printRecipe(version);
            }
        }
        return 0;
    }

    private void print(Lineage lineage, Checkpoint checkpoint) {
        Output output = context.output();
        Map<String, TensorLoss> losses = new HashMap<>();
        LossReport.of(lineage, checkpoint.version()).ifPresent(loss -> {
            loss.tensors().forEach(tensor -> losses.put(tensor.name(), tensor));
            output.line("\nLossy: " + losses.size() + " tensors, every value of them within " + loss.boundText()
                    + " of the original");
            loss.files()
                    .forEach(file -> output.line("  the original of " + file.path() + " had SHA-256 " + file.sha256()));
        });
        output.line("");
        Table table = output.table("Size", "Format", "File");
        for (FileEntry file : checkpoint.files()) {
            boolean large = file.stored() == FileEntry.Stored.PARAMETERS;
            String format =
                    large ? lineage.manifest(checkpoint.version(), file.path()).format() : "verbatim";
            table.row(Output.bytes(file.size()), format, file.path());
        }
        table.print();
        if (!checkpoint.ignored().isEmpty()) {
            output.line("\nLeft out: " + String.join(", ", checkpoint.ignored()));
        }
        if (tensors) {
            output.line("");
            Table list = losses.isEmpty()
                    ? output.table("Object", "Dtype", "Shape", "Tensor")
                    : output.table("Object", "Dtype", "Shape", "Error", "Tensor");
            for (FileEntry file : checkpoint.files()) {
                if (file.stored() == FileEntry.Stored.PARAMETERS) {
                    Manifest manifest = lineage.manifest(checkpoint.version(), file.path());
                    Map<String, String> ties = manifest.ties();
                    manifest.tensors().forEach(tensor -> row(list, losses, ties, tensor));
                }
            }
            list.print();
        }
    }

    private static void row(
            Table list, Map<String, TensorLoss> losses, Map<String, String> ties, Manifest.Tensor tensor) {
        String object = tensor.object().abbreviated();
        String dtype = tensor.seen().unreadable().isPresent() ? "-" : tensor.spec().dtype().name();
        String remark = tensor.seen()
                .unreadable()
                .or(() -> Optional.ofNullable(ties.get(tensor.name())).map(first -> "tied to " + first))
                .map(text -> " (" + text + ")")
                .orElse("");
        String name = tensor.name() + remark;
        if (losses.isEmpty()) {
            list.row(object, dtype, shape(tensor.spec().shape()), name);
        } else {
            TensorLoss loss = losses.get(tensor.name());
            String error = loss == null ? "exact" : String.format(Locale.ROOT, "%.3g", loss.largest());
            list.row(object, dtype, shape(tensor.spec().shape()), error, name);
        }
    }

    static String shape(List<Long> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining("x", "[", "]"));
    }

    private void json(JsonGenerator json, Lineage lineage, Checkpoint checkpoint) throws IOException {
        if (checkpoint.lossy().isPresent()) {
            json.writeNumberField("lossy", checkpoint.lossy().get());
        }
        Optional<LossReport> loss = LossReport.of(lineage, checkpoint.version());
        if (loss.isPresent()) {
            losses(json, loss.get());
        }
        json.writeNumberField("size", checkpoint.size());
        json.writeArrayFieldStart("files");
        for (FileEntry file : checkpoint.files()) {
            json.writeStartObject();
            json.writeStringField("path", file.path());
            json.writeNumberField("size", file.size());
            if (file.stored() == FileEntry.Stored.PARAMETERS) {
                Manifest manifest = lineage.manifest(checkpoint.version(), file.path());
                json.writeStringField("format", manifest.format());
                json.writeStringField("sha256", manifest.sha256());
                if (tensors) {
                    tensors(json, manifest);
                }
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void losses(JsonGenerator json, LossReport loss) throws IOException {
        json.writeArrayFieldStart("lossy_tensors");
        for (TensorLoss tensor : loss.tensors()) {
            json.writeStartObject();
            json.writeStringField("name", tensor.name());
            json.writeNumberField("largest_error", tensor.largest());
            json.writeNumberField("relative_error", tensor.relative());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void tensors(JsonGenerator json, Manifest manifest) throws IOException {
        json.writeArrayFieldStart("tensors");
        Map<String, String> ties = manifest.ties();
        for (Manifest.Tensor tensor : manifest.tensors()) {
            json.writeStartObject();
            json.writeStringField("name", tensor.name());
            json.writeStringField("dtype", tensor.spec().dtype().name());
            json.writeArrayFieldStart("shape");
            for (long dimension : tensor.spec().shape()) {
                json.writeNumber(dimension);
            }
            json.writeEndArray();
            json.writeStringField("object", tensor.object().hex());
            Optional<String> reason = tensor.seen().unreadable();
            if (reason.isPresent()) {
                json.writeStringField("unreadable", reason.get());
            }
            if (ties.containsKey(tensor.name())) {
                json.writeStringField("tied_to", ties.get(tensor.name()));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
