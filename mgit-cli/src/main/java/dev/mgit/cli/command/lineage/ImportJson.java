package dev.mgit.cli.command.lineage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.FindingsText;
import dev.mgit.cli.console.Output;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.imports.ImportPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The JSON form of an import. */
final class ImportJson {
    private final Output output;

    ImportJson(Output output) {
        this.output = output;
    }

    void print(ImportPlan plan, Map<Path, CommitResult> done, Map<Path, String> left) throws IOException {
        output.json(json -> {
            json.writeArrayFieldStart("checkpoints");
            for (ImportPlan.Step step : plan.steps()) {
                step(json, step, done);
            }
            json.writeEndArray();
            paths(json, "known", "version", plan.known());
            json.writeArrayFieldStart("skipped");
            skipped(json, left, true);
            skipped(json, plan.passedOver(), false);
            json.writeEndArray();
        });
    }

    private static void step(JsonGenerator json, ImportPlan.Step step, Map<Path, CommitResult> done)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("path", step.checkpoint().path().toString());
        json.writeStringField("model", step.model());
        json.writeStringField("label", step.checkpoint().label());
        CommitResult result = done.get(step.checkpoint().path());
        if (result != null) {
            json.writeStringField("version", result.version().hex());
            json.writeNumberField("bytes", result.bytes());
            json.writeNumberField("stored_bytes", result.storedBytes());
        }
        json.writeArrayFieldStart("parents");
        for (Detected.Parent parent : step.parents()) {
            json.writeString(parent.name());
        }
        json.writeEndArray();
        if (step.origin().isPresent()) {
            json.writeStringField("kind", step.origin().get().kind().word());
            json.writeNumberField("confidence", step.origin().get().confidence());
            json.writeBooleanField("unsure", step.unsure());
            strings(json, "evidence", step.origin().get().evidence());
        }
        strings(json, "claims", step.claims());
        FindingsText.json(json, step.findings());
        json.writeEndObject();
    }

    private static void strings(JsonGenerator json, String name, List<String> values) throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    /** @param failed whether it seems to hold weights that should have been taken */
    private static void skipped(JsonGenerator json, Map<Path, String> paths, boolean failed) throws IOException {
        for (Map.Entry<Path, String> path : paths.entrySet()) {
            json.writeStartObject();
            json.writeStringField("path", path.getKey().toString());
            json.writeStringField("reason", path.getValue());
            json.writeBooleanField("failed", failed);
            json.writeEndObject();
        }
    }

    private static void paths(JsonGenerator json, String name, String field, Map<Path, String> paths)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Map.Entry<Path, String> path : paths.entrySet()) {
            json.writeStartObject();
            json.writeStringField("path", path.getKey().toString());
            json.writeStringField(field, path.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
