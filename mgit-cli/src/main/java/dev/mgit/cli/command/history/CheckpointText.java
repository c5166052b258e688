package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.FindingsText;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.checkpoint.Findings;
import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.checkpoint.LossReport.TensorLoss;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The files and tensors of a version, as text and as JSON. */
final class CheckpointText {
    private final Output output;
    private final Lineage lineage;
    private final Checkpoint checkpoint;
    private final boolean tensors;

    /** @param tensors whether to list the tensors of each file too */
    CheckpointText(Output output, Lineage lineage, Checkpoint checkpoint, boolean tensors) {
        this.output = output;
        this.lineage = lineage;
        this.checkpoint = checkpoint;
        this.tensors = tensors;
    }

    void print() {
        Optional<LossReport> lossy = LossReport.of(lineage, checkpoint.version());
        lossy.ifPresent(loss -> {
            output.line("");
            output.line("Lossy: " + loss.tensors().size() + " tensors, every value within " + loss.boundText()
                    + " of the original");
            loss.files()
                    .forEach(file -> output.line("  the original of " + file.path() + " had SHA-256 " + file.sha256()));
        });
        output.line("");
        printFiles(checkpoint.files());
        List<String> findings = FindingsText.lines(Findings.of(lineage, checkpoint.version()));
        if (!findings.isEmpty()) {
            output.line("");
            findings.forEach(output::line);
        }
        if (!checkpoint.ignored().isEmpty()) {
            output.line("");
            output.line("Left out: " + String.join(", ", checkpoint.ignored()));
        }
        if (tensors) {
            output.line("");
            printTensors(checkpoint.files());
        }
    }

    void printFiles(List<FileEntry> files) {
        Table table = output.table("Size", "Format", "File");
        for (FileEntry file : files) {
            String format = manifest(file).map(Manifest::format).orElse("verbatim");
            table.row(Output.bytes(file.size()), format, file.path());
        }
        table.print();
    }

    void printTensors(List<FileEntry> files) {
        Map<String, TensorLoss> losses = new HashMap<>();
        LossReport.of(lineage, checkpoint.version())
                .ifPresent(loss -> loss.tensors().forEach(tensor -> losses.put(tensor.name(), tensor)));
        Table list = losses.isEmpty()
                ? output.table("Object", "Dtype", "Shape", "Tensor")
                : output.table("Object", "Dtype", "Shape", "Error", "Tensor");
        for (FileEntry file : files) {
            entries(file).forEach(entry -> entry.tensor().ifPresent(tensor -> row(list, losses, entry, tensor)));
        }
        list.print();
    }

    private static void row(Table list, Map<String, TensorLoss> losses, Manifest.Entry entry, TensorSpec tensor) {
        String object = entry.object().abbreviated();
        if (losses.isEmpty()) {
            list.row(object, tensor.dtype(), Output.shape(tensor.shape()), tensor.name());
        } else {
            TensorLoss loss = losses.get(tensor.name());
            String error = loss == null ? "exact" : String.format(Locale.ROOT, "%.3g", loss.largest());
            list.row(object, tensor.dtype(), Output.shape(tensor.shape()), error, tensor.name());
        }
    }

    /** The manifest of a file kept in the parameter store. */
    Optional<Manifest> manifest(FileEntry file) {
        return file.stored() == FileEntry.Storage.PARAMETERS
                ? Optional.of(lineage.manifest(checkpoint.version(), file.path()))
                : Optional.empty();
    }

    private List<Manifest.Entry> entries(FileEntry file) {
        return manifest(file).map(Manifest::entries).orElse(List.of());
    }

    /** Writes the fields of the whole version into an object that is open. */
    void json(JsonGenerator json) throws IOException {
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
            json(json, file);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes the fields of one file. */
    void json(JsonGenerator json, FileEntry file) throws IOException {
        json.writeStringField("path", file.path());
        json.writeNumberField("size", file.size());
        Optional<Manifest> manifest = manifest(file);
        if (manifest.isPresent()) {
            json.writeStringField("format", manifest.get().format());
            json.writeStringField("sha256", manifest.get().sha256());
            if (tensors) {
                tensors(json, manifest.get());
            }
        }
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
