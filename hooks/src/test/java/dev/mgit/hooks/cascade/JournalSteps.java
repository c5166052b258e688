package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Names the steps a journal takes: {@code header}, {@code tested}, and {@code FROM>TO} of a unit or of the whole. */
final class JournalSteps {
    private final Map<Long, String> units = new HashMap<>();
    private final Map<String, String> bases = new HashMap<>();
    private String whole = CascadeState.UpdateState.OPEN.name();

    /** @param before what the journal holds already */
    JournalSteps(List<JsonObject> before) {
        before.forEach(this::take);
    }

    /** The name of the step that a record takes. @throws AssertionError if it is of a kind nobody has named here */
    String take(JsonObject record) {
        if (record.has("base")) {
            if (record.has("tested")) {
                return "base-tested";
            }
            String from = bases.getOrDefault(record.string("base"), CascadeState.Unit.PLANNED.name());
            bases.put(record.string("base"), record.string("state"));
            return "base:" + from + ">" + record.string("state");
        }
        if (record.has("update")) {
            String from = whole;
            whole = record.string("update");
            return from + ">" + whole;
        }
        if (record.has("tested")) {
            return "tested";
        }
        if (record.has("state")) {
            String from = units.getOrDefault(record.number("unit"), CascadeState.Unit.PLANNED.name());
            units.put(record.number("unit"), record.string("state"));
            return from + ">" + record.string("state");
        }
        if (record.has("units")) {
            units.clear();
            bases.clear();
            whole = CascadeState.UpdateState.OPEN.name();
            return "header";
        }
        throw new AssertionError("a journal record of an unknown kind: " + record);
    }

    /** All there are. */
    static Set<String> all() {
        Set<String> all = new TreeSet<>(List.of("header", "tested", "base-tested"));
        for (CascadeState.Unit from : CascadeState.Unit.values()) {
            from.next().forEach(to -> all.add(from + ">" + to));
        }
        for (CascadeState.Unit from : CascadeState.Unit.values()) {
            NewBase.next(from).forEach(to -> all.add("base:" + from + ">" + to));
        }
        for (CascadeState.UpdateState from : CascadeState.UpdateState.values()) {
            from.next().forEach(to -> all.add(from + ">" + to));
        }
        return all;
    }
}
