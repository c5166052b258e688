package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.modeltest.TestResult;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The records of a journal; {@link CascadeState#apply} reads them. */
final class CascadeRecord {
    private CascadeRecord() {}

    /** The first record of a journal. */
    static JsonObject header(String id, UpdatePlan plan, UpdateOptions options, String executor) {
        Map<String, @Nullable Object> header =
                new LinkedHashMap<>(JsonMembers.of("schema", 1, "id", id).members());
        header.putAll(options.toJson().members());
        header.put("executor", executor);
        header.put("units", plan.units().stream().map(UpdatePlan.Unit::toJson).toList());
        header.put(
                "left",
                plan.stuck().stream().map(node -> LeftModel.of(node).toJson()).toList());
        return new JsonObject(header);
    }

    static JsonObject updateState(CascadeState.UpdateState state) {
        return JsonMembers.of("update", state.name());
    }

    static JsonObject test(int unit, VersionId version, TestResult result) {
        return JsonMembers.of("unit", unit, "tested", version.hex(), "result", result.toJson());
    }

    static JsonObject base(String model, CascadeState.Unit state, String detail) {
        return JsonMembers.of("base", model, "state", state.name(), "detail", detail);
    }

    static JsonObject test(String base, VersionId version, TestResult result) {
        return JsonMembers.of("base", base, "tested", version.hex(), "result", result.toJson());
    }

    static JsonObject unit(int unit, CascadeState.Unit state, Object... more) {
        List<Object> members = new ArrayList<>(List.of("unit", unit, "state", state.name()));
        members.addAll(Arrays.asList(more));
        return JsonMembers.of(members.toArray());
    }
}
