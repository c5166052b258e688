package dev.mgit.serve.web;

import dev.mgit.hooks.modeltest.LatestOutcome;
import dev.mgit.hooks.modeltest.MetricTrend;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A version as the interface gives it. */
final class VersionJson {
    private VersionJson() {}

    static Map<String, Object> of(VersionFacts facts) {
        Version version = facts.version();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", version.id().hex());
        json.put("label", facts.label());
        json.put("model", version.model());
        json.put("head", facts.head());
        json.put("tags", facts.tags());
        json.put("message", version.message());
        json.put("author", version.author().toString());
        json.put("when", version.when().toString());
        json.put("trailers", version.trailers());
        version.previous().ifPresent(previous -> json.put("previous", previous.hex()));
        json.put("parents", version.origins().stream().map(VersionJson::parent).toList());
        json.put(
                "children",
                facts.children().stream()
                        .map(child -> Map.of("id", child.id().hex(), "label", child.label(), "kind", child.kind()))
                        .toList());
        json.put("childCount", facts.allChildren());
        json.put("size", facts.checkpoint().size());
        facts.checkpoint().lossy().ifPresent(bound -> json.put("lossy", bound));
        json.put(
                "files",
                facts.checkpoint().files().stream()
                        .map(file -> file(facts, file))
                        .toList());
        facts.recipe().ifPresent(recipe -> json.put("recipe", recipe.toJson()));
        json.put("tests", facts.tests().stream().map(VersionJson::test).toList());
        json.put("trends", facts.trends().stream().map(VersionJson::trend).toList());
        json.put("evaluations", facts.numbers().evaluationsJson());
        json.put("costs", facts.numbers().costsJson());
        json.put("servingPlans", facts.numbers().plansJson());
        return json;
    }

    private static Map<String, Object> parent(ProvenanceEdge edge) {
        return Map.of(
                "id",
                edge.parent().hex(),
                "model",
                edge.model(),
                "kind",
                edge.kind().word(),
                "source",
                edge.source().word());
    }

    private static Map<String, Object> file(VersionFacts facts, FileEntry file) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("path", file.path());
        json.put("size", file.size());
        Manifest manifest = facts.manifests().get(file.path());
        if (manifest != null) {
            json.put("format", manifest.format());
            json.put("sha256", manifest.sha256());
            json.put("tensors", manifest.tensors().size());
        }
        return json;
    }

    private static Map<String, Object> test(LatestOutcome test) {
        return Map.of(
                "test",
                test.test(),
                "status",
                test.status(),
                "text",
                test.text(),
                "outdated",
                test.outdated(),
                "metrics",
                numbers(test.metrics()));
    }

    /** JSON has no word for what is no finite number. */
    private static Map<String, Object> numbers(Map<String, Double> metrics) {
        Map<String, Object> json = new LinkedHashMap<>();
        metrics.forEach((name, value) -> json.put(name, Double.isFinite(value) ? value : String.valueOf(value)));
        return json;
    }

    private static Map<String, Object> trend(MetricTrend trend) {
        List<Map<String, Object>> points = trend.points().stream()
                .map(point -> Map.<String, Object>of(
                        "version", point.version().hex(), "value", point.value(), "failed", point.failed()))
                .toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", trend.model());
        json.put("test", trend.column().test().name());
        json.put("metric", trend.column().rule().name());
        json.put("points", points);
        trend.baseline().ifPresent(value -> json.put("baseline", value));
        return json;
    }

    static Map<String, Object> tensor(TensorList.Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", row.name());
        json.put("file", row.file());
        json.put("dtype", row.dtype());
        json.put("shape", row.shape());
        json.put("object", row.object());
        if (!row.remark().isEmpty()) {
            json.put("remark", row.remark());
        }
        return json;
    }
}
