package dev.mgit.hooks.eval;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Each instance's values of one evaluation.
 *
 * @param values by metric, then by instance; in order of the ids
 */
public record Instances(Map<String, Map<String, Double>> values) {
    public Instances {
        var ordered = new TreeMap<String, Map<String, Double>>();
        values.forEach((metric, byId) -> ordered.put(metric, new TreeMap<>(byId)));
        values = ordered;
    }

    /** How many instances have a value of some metric. */
    public int count() {
        return values.values().stream().mapToInt(Map::size).max().orElse(0);
    }

    /** How many values there are in all. */
    long size() {
        return values.values().stream().mapToLong(Map::size).sum();
    }

    /** Values of a metric by instance; empty if there are none. */
    public Map<String, Double> of(String metric) {
        return values.getOrDefault(metric, Map.of());
    }

    /** Columns: metrics over the same instances share their list of ids. */
    JsonObject toJson() {
        Map<List<String>, Map<String, List<Double>>> byIds = new LinkedHashMap<>();
        values.forEach((metric, byId) -> byIds.computeIfAbsent(List.copyOf(byId.keySet()), ids -> new LinkedHashMap<>())
                .put(metric, List.copyOf(byId.values())));
        List<JsonObject> columns = new ArrayList<>();
        byIds.forEach((ids, metrics) -> columns.add(JsonMembers.of("ids", ids, "metrics", metrics)));
        return JsonMembers.of("columns", columns);
    }

    static Instances fromJson(JsonObject json) {
        Map<String, Map<String, Double>> values = new LinkedHashMap<>();
        for (JsonObject column : json.objects("columns")) {
            List<String> ids = column.strings("ids");
            column.object("metrics").members().forEach((metric, numbers) -> values.put(metric, column(ids, numbers)));
        }
        return new Instances(values);
    }

    private static Map<String, Double> column(List<String> ids, @Nullable Object numbers) {
        if (!(numbers instanceof List<?> list) || list.size() != ids.size()) {
            throw new IllegalArgumentException("a column of instances is not as long as its ids");
        }
        Map<String, Double> column = new LinkedHashMap<>();
        for (int i = 0; i < ids.size(); i++) {
            if (!(list.get(i) instanceof Number number)) {
                throw new IllegalArgumentException("a value of an instance is not a number");
            }
            column.put(ids.get(i), number.doubleValue());
        }
        return column;
    }
}
