package dev.mgit.cli.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.ResultText;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.cli.console.VersionText;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.checkpoint.Findings;
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
        List<String> findings = FindingsText.lines(Findings.of(lineage, checkpoint.version()));
        if (!findings.isEmpty()) {
            output.line("");
            findings.forEach(output::line);
        }
        if (!checkpoint.ignored().isEmpty()) {
            output.line("\nLeft out: " + String.join(", ", checkpoint.ignored()));
        }
        if (tensors) {
            output.line("");
            Table list = losses.isEmpty()
                    ? output.table("Object", "Dtype", "Shape", "Tensor")
                    : output.table("Object", "Dtype", "Shape", "Error", "Tensor");
            for (FileEntry file : checkpoint.files()) {
                large(lineage, checkpoint, file)
                        .forEach(entry -> entry.tensor().ifPresent(tensor -> row(list, losses, entry, tensor)));
            }
            list.print();
        }
    }

    private static void row(Table list, Map<String, TensorLoss> losses, Manifest.Entry entry, TensorSpec tensor) {
        String object = entry.object().abbreviated();
        if (losses.isEmpty()) {
            list.row(object, tensor.dtype(), shape(tensor.shape()), tensor.name());
        } else {
            TensorLoss loss = losses.get(tensor.name());
            String error = loss == null ? "exact" : String.format(Locale.ROOT, "%.3g", loss.largest());
            list.row(object, tensor.dtype(), shape(tensor.shape()), error, tensor.name());
        }
    }

    static String shape(List<Long> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining("x", "[", "]"));
    }

    private static List<Manifest.Entry> large(Lineage lineage, Checkpoint checkpoint, FileEntry file) {
        return file.stored() == FileEntry.Stored.PARAMETERS
                ? lineage.manifest(checkpoint.version(), file.path()).entries()
                : List.of();
    }

    private void json(JsonGenerator json, Lineage lineage, Checkpoint checkpoint) throws IOException {
        if (checkpoint.lossy().isPresent()) {
            json.writeNumberField("lossy", checkpoint.lossy().get());
        }
        Optional<LossReport> loss = LossReport.of(lineage, checkpoint.version());
        if (loss.isPresent()) {
            losses(json, loss.get());
        }
        FindingsText.json(json, Findings.of(lineage, checkpoint.version()));
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
        for (Manifest.Entry entry : manifest.entries()) {
            if (entry.tensor().isPresent()) {
                json.writeStartObject();
                json.writeStringField("name", entry.tensor().get().name());
                json.writeStringField("dtype", entry.tensor().get().dtype().name());
                json.writeArrayFieldStart("shape");
                for (long dimension : entry.tensor().get().shape()) {
                    json.writeNumber(dimension);
                }
                json.writeEndArray();
                json.writeStringField("object", entry.object().hex());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }
}
