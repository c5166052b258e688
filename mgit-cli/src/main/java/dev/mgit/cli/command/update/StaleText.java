package dev.mgit.cli.command.update;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.recipe.StaleReason;
import java.io.IOException;
import java.util.List;

/** Which models are stale, and by what: parents, data, code, recipe, packages. Reads what recipes read, and runs nothing. */
public final class StaleText {
    private final List<UpdatePlan.Node> stale;

    public StaleText(Context context, Session open) {
        HookSession session = HookSession.within(context, open, new WaitOption());
        var updates = new Updates(session.workspace(), session.localExecutor(), JobProgress.NONE);
        this.stale = updates.plan(UpdateOptions.ofStale()).nodes().stream()
                .filter(node -> !node.reasons().isEmpty())
                .toList();
    }

    public boolean any() {
        return !stale.isEmpty();
    }

    /** A line a model, and one below it for each thing that has changed. */
    public void print(Output output) {
        for (UpdatePlan.Node node : stale) {
            output.line(node.model() + " is stale"
                    + (node.action() == UpdatePlan.Action.RUN ? ":" : " (" + node.reason() + "):"));
            node.reasons()
                    .forEach(reason -> output.line(
                            "  " + String.format("%-9s", reason.kind().word() + ":") + reason.change()));
        }
        if (any()) {
            output.hint("'mgit update --stale --plan' shows what would be rebuilt");
        }
    }

    /** Writes the field {@code stale}. */
    public void json(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("stale");
        for (UpdatePlan.Node node : stale) {
            json.writeStartObject();
            json.writeStringField("model", node.model());
            json.writeStringField("action", node.action().word());
            json.writeArrayFieldStart("reasons");
            for (StaleReason reason : node.reasons()) {
                json.writeStartObject();
                json.writeStringField("kind", reason.kind().word());
                json.writeStringField("what", reason.what());
                if (reason.was().isPresent()) {
                    json.writeStringField("was", reason.was().get());
                }
                if (reason.now().isPresent()) {
                    json.writeStringField("now", reason.now().get());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
