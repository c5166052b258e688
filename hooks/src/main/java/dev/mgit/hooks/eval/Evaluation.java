package dev.mgit.hooks.eval;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one run of a harness measured on one version in one scenario.
 *
 * @param harness {@code helm} or {@code lm-eval}
 * @param scenario HELM's run name without the model, or lm-eval's task
 * @param spec what the run was given, without the model: two runs can be compared where it is equal. Paths of fields to
 *     their values, as JSON text
 * @param metrics by name
 * @param instances how many instances' values are kept
 * @param imported when it was noted here
 */
public record Evaluation(
        String harness,
        String scenario,
        Map<String, String> spec,
        Map<String, Measured> metrics,
        int instances,
        Instant imported) {
    public Evaluation {
        spec = new TreeMap<>(spec);
        metrics = new TreeMap<>(metrics);
    }

    /** The name of a metric among all of a version. */
    public String name(String metric) {
        return scenario + "/" + metric;
    }

    /** The metrics versions are compared by: those of the model whose direction is known. */
    public Map<String, Measured> compared() {
        Map<String, Measured> compared = new TreeMap<>(metrics);
        compared.entrySet()
                .removeIf(metric ->
                        metric.getValue().direction().isEmpty() || !MetricDirections.ofTheModel(metric.getKey()));
        return compared;
    }

    /** What is told of it: all but the spec. */
    public JsonObject told() {
        Map<String, Object> values = new LinkedHashMap<>();
        metrics.forEach((name, measured) -> values.put(name, measured.value()));
        return JsonMembers.of(
                "harness", harness, "scenario", scenario, "instances", instances, "metrics", new JsonObject(values));
    }

    /** What it says, whenever it was imported: the first 16 digits of a SHA-256. */
    public String digest() {
        JsonObject said = JsonMembers.of("harness", harness, "scenario", scenario, "spec", spec, "metrics", json());
        return HexFormat.of().formatHex(Hashes.sha256().digest(Json.bytes(said)), 0, 8);
    }

    JsonObject toJson() {
        return JsonMembers.of(
                "harness",
                harness,
                "scenario",
                scenario,
                "imported",
                imported.toString(),
                "instances",
                instances,
                "values",
                json(),
                "spec",
                spec);
    }

    private Map<String, JsonObject> json() {
        Map<String, JsonObject> values = new LinkedHashMap<>();
        metrics.forEach((name, value) -> values.put(name, value.toJson()));
        return values;
    }

    static Evaluation fromJson(JsonObject json) {
        JsonObject values = json.object("values");
        Map<String, Measured> metrics = new LinkedHashMap<>();
        values.members().keySet().forEach(name -> metrics.put(name, Measured.fromJson(values.object(name))));
        return new Evaluation(
                json.string("harness"),
                json.string("scenario"),
                JsonMembers.texts(json, "spec"),
                metrics,
                (int) json.number("instances"),
                Instant.parse(json.string("imported")));
    }
}
