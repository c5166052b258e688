package dev.mgit.bench.cascade;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.lineage.maintain.DiskUsageReport;
import java.io.IOException;

/**
 * What was measured of a shape.
 *
 * @param usage before the cascade
 * @param buildSeconds taken by training all versions
 * @param recipes that the cascade ran
 * @param updateSeconds taken by those and their tests
 */
record Outcome(
        Shape shape,
        Accuracies before,
        Accuracies after,
        DiskUsageReport usage,
        double buildSeconds,
        int recipes,
        double updateSeconds) {
    int versions() {
        return usage.groups().stream().mapToInt(DiskUsageReport.Group::versions).sum();
    }

    /** Bytes of the files of all versions. */
    long logicalBytes() {
        return usage.groups().stream()
                .mapToLong(DiskUsageReport.Group::logicalBytes)
                .sum();
    }

    /** Writes everything measured as one object; accuracies are shares from 0 to 1. */
    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("graph", shape.name());
        json.writeStringField("title", shape.title());
        json.writeNumberField("versions", versions());
        json.writeNumberField("build_seconds", buildSeconds);
        json.writeNumberField("recipes", recipes);
        json.writeNumberField("update_seconds", updateSeconds);
        json.writeNumberField("cells", after.cells());
        json.writeNumberField("no_worse", after.noWorse(before));
        json.writeNumberField("better", after.better(before));
        if (shape.paper().isPresent()) {
            Shape.Paper paper = shape.paper().get();
            json.writeObjectFieldStart("paper");
            json.writeNumberField("cells", paper.cells());
            json.writeNumberField("no_worse", paper.noWorse());
            json.writeNumberField("better", paper.better());
            json.writeEndObject();
        }
        means(json, "before", before);
        means(json, "after", after);
        json.writeArrayFieldStart("models");
        for (int model = 0; model < after.models().size(); model++) {
            json.writeStartObject();
            json.writeStringField("model", after.models().get(model));
            values(json, "before", before, model);
            values(json, "after", after, model);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("logical_bytes", logicalBytes());
        json.writeNumberField("stored_bytes", usage.frameBytes());
        json.writeNumberField("git_bytes", usage.gitBytes());
        json.writeEndObject();
    }

    private static void means(JsonGenerator json, String name, Accuracies accuracies) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeNumberField("mean", accuracies.mean());
        json.writeNumberField("mean_changed", accuracies.meanChanged());
        json.writeEndObject();
    }

    private static void values(JsonGenerator json, String name, Accuracies accuracies, int model) throws IOException {
        json.writeObjectFieldStart(name);
        for (int change = 0; change < Tasks.CHANGES.size(); change++) {
            json.writeNumberField(
                    Tasks.CHANGES.get(change), accuracies.values().get(model).get(change));
        }
        json.writeEndObject();
    }
}
