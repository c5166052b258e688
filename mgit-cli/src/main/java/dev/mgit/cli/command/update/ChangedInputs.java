package dev.mgit.cli.command.update;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Freshness;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.Model;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Models whose data or code is no longer what they were made from, as far as a glance tells: only files written since
 * are read, and only so many bytes of so many models. {@link StaleText} looks at everything.
 */
public final class ChangedInputs {
    private static final int MOST_MODELS = 100;
    private static final long MOST_BYTES = 64L << 20;

    private final Map<String, List<StaleReason>> changed = new LinkedHashMap<>();
    private final int unseen;

    public ChangedInputs(Context context, Session open) {
        Workspace workspace =
                HookSession.within(context, open, new WaitOption()).workspace();
        var recipes = new Recipes(workspace);
        var freshness = new Freshness(workspace);
        var budget = new AtomicLong(MOST_BYTES);
        // Until it is accepted, nothing that a recipe names is read.
        List<Model> models = recipes.trustsAny() ? workspace.lineage().models() : List.of();
        boolean any = false;
        for (Model model : models.subList(0, Math.min(MOST_MODELS, models.size()))) {
            Optional<Recipe> recorded = recipes.of(model.head());
            any |= recorded.isPresent();
            Optional<Recipe> recipe = recorded.filter(found -> recipes.trusted(model.name(), found));
            List<StaleReason> reasons = recipe.map(found -> freshness.glance(model.head(), found, budget))
                    .orElse(List.of());
            if (!reasons.isEmpty()) {
                changed.put(model.name(), reasons);
            }
        }
        this.unseen = any ? Math.max(0, models.size() - MOST_MODELS) : 0;
    }

    public boolean any() {
        return !changed.isEmpty();
    }

    /** A line a model: {@code chat is stale: data data.txt; code train.sh}. */
    public void print(Output output) {
        changed.forEach((model, reasons) -> output.line(model + " is stale: " + StaleReason.names(reasons)));
        if (any()) {
            output.hint("'mgit status --why' compares everything, 'mgit update --stale --plan' shows what would be "
                    + "rebuilt");
        }
        if (unseen > 0) {
            output.note("data and code of " + unseen + " more models were not looked at; --why does");
        }
    }

    /** Writes the field {@code changed_inputs}. */
    public void json(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("changed_inputs");
        for (Map.Entry<String, List<StaleReason>> model : changed.entrySet()) {
            for (StaleReason reason : model.getValue()) {
                json.writeStartObject();
                json.writeStringField("model", model.getKey());
                json.writeStringField("kind", reason.kind().word());
                json.writeStringField("what", reason.what());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }
}
