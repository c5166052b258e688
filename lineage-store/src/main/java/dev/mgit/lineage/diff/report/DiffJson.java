package dev.mgit.lineage.diff.report;

import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.FileChange;
import dev.mgit.lineage.diff.LayerChange;
import dev.mgit.lineage.diff.TensorChange;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A diff as JSON: maps, lists and plain values for {@link dev.mgit.delta.json.Json}. */
public final class DiffJson {
    private DiffJson() {}

    /** All of a diff; tensors that are the same are only counted. */
    public static Map<String, Object> of(Diff diff) {
        var json = new LinkedHashMap<String, Object>();
        json.put("schema", Diff.SCHEMA);
        json.put("a", diff.a());
        json.put("b", diff.b());
        json.put("differs", diff.differs());
        json.put("reading", diff.reading());
        var counts = new LinkedHashMap<String, Object>();
        for (TensorChange.Status status : TensorChange.Status.values()) {
            counts.put(word(status), diff.count(status));
        }
        json.put("counts", counts);
        if (!diff.trainingState().isEmpty()) {
            json.put(
                    "trainingState",
                    diff.trainingState().stream()
                            .collect(Collectors.groupingBy(tensor -> word(tensor.status()), Collectors.counting())));
        }
        if (!diff.dropped().isEmpty()) {
            json.put("dropped", diff.dropped());
        }
        json.put("files", diff.files().stream().map(DiffJson::file).toList());
        json.put("blocks", diff.blocks().stream().map(DiffJson::layer).toList());
        json.put("layers", diff.layers().stream().map(DiffJson::layer).toList());
        json.put(
                "tensors",
                diff.tensors().stream()
                        .filter(tensor -> tensor.status() != TensorChange.Status.SAME)
                        .map(DiffJson::tensor)
                        .toList());
        return json;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> file(FileChange file) {
        var json = new LinkedHashMap<String, Object>();
        json.put("path", file.path());
        json.put("change", word(file.kind()));
        json.put("sizeA", file.sizeA());
        json.put("sizeB", file.sizeB());
        json.put("weights", file.weights());
        file.lines().ifPresent(lines -> json.put("lines", Map.of("added", lines.added(), "removed", lines.removed())));
        file.executable().ifPresent(now -> json.put("executable", now));
        if (!file.keys().isEmpty()) {
            json.put("members", file.keys().stream().map(DiffJson::member).toList());
        }
        return json;
    }

    private static Map<String, Object> member(FileChange.KeyChange key) {
        var json = new LinkedHashMap<String, Object>();
        json.put("member", key.key());
        put(json, "a", key.a());
        put(json, "b", key.b());
        return json;
    }

    private static Map<String, Object> layer(LayerChange layer) {
        var json = new LinkedHashMap<String, Object>();
        put(json, "a", layer.nameA());
        put(json, "b", layer.nameB());
        json.put("change", word(layer.kind()));
        json.put("tensors", layer.tensors());
        json.put("differing", layer.differing());
        layer.statistics().ifPresent(numbers -> json.put("numbers", numbers(numbers)));
        return json;
    }

    private static Map<String, Object> tensor(TensorChange tensor) {
        var json = new LinkedHashMap<String, Object>();
        put(json, "a", tensor.nameA());
        put(json, "b", tensor.nameB());
        json.put("change", word(tensor.status()));
        put(json, "specA", tensor.specA().map(DiffJson::spec));
        put(json, "specB", tensor.specB().map(DiffJson::spec));
        put(json, "sameAs", tensor.sameAs());
        put(json, "untiedFrom", tensor.untiedFrom());
        if (tensor.companion()) {
            json.put("companion", true);
        }
        tensor.statistics().ifPresent(numbers -> json.put("numbers", numbers(numbers)));
        return json;
    }

    private static Map<String, Object> spec(TensorSpec spec) {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", spec.name());
        json.put("dtype", spec.dtype().name());
        json.put("shape", spec.shape());
        return json;
    }

    private static Map<String, Object> numbers(TensorStatistics numbers) {
        var json = new LinkedHashMap<String, Object>();
        json.put("elements", numbers.elements());
        json.put("changed", numbers.changed());
        json.put("changedShare", numbers.changedShare());
        json.put("l2", numbers.l2());
        json.put("relativeL2", numbers.relativeL2());
        json.put("cosine", numbers.cosine());
        json.put("maxDelta", numbers.maxDelta());
        json.put("normA", numbers.normA());
        json.put("normB", numbers.normB());
        json.put("zerosA", numbers.zerosA());
        json.put("zerosB", numbers.zerosB());
        json.put("nansA", numbers.nansA());
        json.put("nansB", numbers.nansB());
        json.put("infinitiesA", numbers.infinitiesA());
        json.put("infinitiesB", numbers.infinitiesB());
        numbers.rank().ifPresent(rank -> {
            var found = new LinkedHashMap<String, Object>();
            found.put("rank", rank.rank());
            found.put("limit", rank.limit());
            found.put("exact", rank.exact());
            found.put("low", rank.isLow());
            json.put("rank", found);
        });
        return json;
    }

    private static void put(Map<String, Object> json, String name, Optional<?> value) {
        value.ifPresent(present -> json.put(name, present));
    }
}
