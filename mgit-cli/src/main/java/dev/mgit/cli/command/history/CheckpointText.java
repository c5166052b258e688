package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.FindingsText;
import dev.mgit.cli.console.LeftOutText;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.checkpoint.Findings;
import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.checkpoint.LossReport.TensorLoss;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
        List<String> leftOut = LeftOutText.lines(checkpoint);
        if (!leftOut.isEmpty()) {
            output.line("");
            leftOut.forEach(output::line);
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
            manifest(file).ifPresent(manifest -> {
                Map<String, String> ties = manifest.ties();
                manifest.tensors().forEach(tensor -> row(list, losses, ties, tensor));
            });
        }
        list.print();
    }

    private static void row(
            Table list, Map<String, TensorLoss> losses, Map<String, String> ties, Manifest.Tensor tensor) {
        String object = tensor.object().abbreviated();
        Optional<String> unreadable = tensor.seen().unreadable();
        String dtype = unreadable.isPresent() ? "-" : tensor.spec().dtype().name();
        String shape = Output.shape(tensor.spec().shape());
        String name = tensor.name()
                + unreadable
                        .or(() -> Optional.ofNullable(ties.get(tensor.name())).map(first -> "tied to " + first))
                        .map(remark -> " (" + remark + ")")
                        .orElse("");
        if (losses.isEmpty()) {
            list.row(object, dtype, shape, name);
        } else {
            TensorLoss loss = loss(losses, tensor.name());
            String error = loss == null ? "exact" : String.format(Locale.ROOT, "%.3g", loss.largest());
            list.row(object, dtype, shape, error, name);
        }
    }

    /** The loss of a tensor; of one that is stored expert by expert, the largest of these. */
    private static @Nullable TensorLoss loss(Map<String, TensorLoss> losses, String tensor) {
        return losses.entrySet().stream()
                .filter(loss -> loss.getKey().equals(tensor)
                        || loss.getKey().startsWith(tensor + "[")
                                && loss.getKey().endsWith("]"))
                .map(Map.Entry::getValue)
                .max(Comparator.comparingDouble(TensorLoss::largest))
                .orElse(null);
    }

    /** The manifest of a file kept in the parameter store. */
    Optional<Manifest> manifest(FileEntry file) {
        return file.stored() == FileEntry.Storage.PARAMETERS
                ? Optional.of(lineage.manifest(checkpoint.version(), file.path()))
                : Optional.empty();
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
        LeftOutText.json(json, checkpoint);
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
        if (TrainingState.isFile(file.path())) {
            json.writeBooleanField("training_state", true);
        }
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
            Optional<String> unreadable = tensor.seen().unreadable();
            if (unreadable.isPresent()) {
                json.writeStringField("unreadable", unreadable.get());
            }
            if (ties.containsKey(tensor.name())) {
                json.writeStringField("tied_to", ties.get(tensor.name()));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
