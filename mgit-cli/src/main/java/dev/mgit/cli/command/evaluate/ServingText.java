package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.serving.ServingPlans;
import dev.mgit.hooks.serving.ServingPlans.Standing;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Serving plans of a version, for commands that show versions. */
public final class ServingText {
    private final ServingPlans plans;

    public ServingText(Lineage lineage, Path root) {
        this.plans = new ServingPlans(lineage, root);
    }

    /** One line a plan, e.g. {@code plan for 4 threads, batch 8: <2,2,4>}, with why it is stale. */
    public List<String> lines(VersionId version) {
        return plans.of(version).stream()
                .map(one -> "plan for " + one.plan().plan().threads() + " threads, batch "
                        + one.plan().plan().batch() + ": " + one.plan().plan().text()
                        + one.stale().map(why -> ", stale: " + why).orElse(""))
                .toList();
    }

    /** Writes the field {@code servingPlans} of a version's object, where it has any. */
    public void json(JsonGenerator json, VersionId version) throws IOException {
        List<Standing> all = plans.of(version);
        if (all.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("servingPlans");
        for (Standing one : all) {
            json.writeStartObject();
            json.writeStringField("of", one.of().hex());
            json.writeFieldName("plan");
            json.writeRawValue(Json.text(one.plan().plan().toJson()));
            if (one.stale().isPresent()) {
                json.writeStringField("stale", one.stale().get());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
