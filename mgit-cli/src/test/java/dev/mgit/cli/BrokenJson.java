package dev.mgit.cli;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Every way in which one value of a JSON text may be wrong: missing, of another type, no number, out of range. */
final class BrokenJson {
    /** What stands in a value's place, as text that no JSON writer would write. */
    private static final List<String> VALUES = List.of("NaN", "1e999", "-1", "\"text\"", "[]", "{}");

    private static final String MARK = "a value to be replaced";

    private BrokenJson() {}

    /** The same JSON with one value wrong, by what was done to it; of values that lie alike in lists, the first. */
    static Map<String, String> each(String good) {
        return each(good, VALUES);
    }

    static Map<String, String> each(String good, List<String> values) {
        Object json = Json.parsePython(good.getBytes(StandardCharsets.UTF_8));
        Map<String, String> broken = new LinkedHashMap<>();
        List<List<Object>> places = new ArrayList<>();
        places(json, List.of(), places);
        var seen = new TreeSet<String>();
        for (List<Object> place : places) {
            if (seen.add(shape(place))) {
                String marked = Json.text(at(json, place, 0, value -> MARK));
                values.forEach(value -> broken.put(place + " is " + value, marked.replace('"' + MARK + '"', value)));
                if (place.get(place.size() - 1) instanceof String) {
                    broken.put(place + " is missing", Json.text(at(json, place, 0, value -> null)));
                }
            }
        }
        return broken;
    }

    private static String shape(List<Object> place) {
        var shape = new StringBuilder();
        place.forEach(step -> shape.append(step instanceof Integer ? "[]" : "." + step));
        return shape.toString();
    }

    private static void places(@Nullable Object value, List<Object> at, List<List<Object>> places) {
        if (!at.isEmpty()) {
            places.add(at);
        }
        if (value instanceof JsonObject object) {
            object.members().forEach((name, inner) -> places(inner, with(at, name), places));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                places(list.get(i), with(at, i), places);
            }
        }
    }

    private static List<Object> with(List<Object> at, Object step) {
        List<Object> longer = new ArrayList<>(at);
        longer.add(step);
        return longer;
    }

    private static @Nullable Object at(
            @Nullable Object value, List<Object> place, int depth, UnaryOperator<@Nullable Object> change) {
        if (depth == place.size()) {
            return change.apply(value);
        }
        if (value instanceof JsonObject object) {
            Map<String, @Nullable Object> members = new LinkedHashMap<>(object.members());
            String name = (String) place.get(depth);
            Object changed = at(members.get(name), place, depth + 1, change);
            if (changed == null) {
                members.remove(name);
            } else {
                members.put(name, changed);
            }
            return members;
        }
        List<@Nullable Object> elements = new ArrayList<>((List<?>) value);
        int index = (Integer) place.get(depth);
        elements.set(index, at(elements.get(index), place, depth + 1, change));
        return elements;
    }
}
