package dev.mgit.cli.command.update;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.Verdicts;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.modeltest.LatestOutcome;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.numbers.NotedNumbers;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.sharing.SharingGate;
import dev.mgit.hooks.sharing.Standing;
import dev.mgit.lineage.version.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What tests and the recipe say of a version, for commands that show versions. Runs nothing. */
public final class ResultText {
    private final Output output;
    private final HookSession session;
    private final TestResults results;
    private final Map<String, TestDefinition> tests = new LinkedHashMap<>();

    public ResultText(Context context, Session open) {
        this.output = context.output();
        this.session = HookSession.within(context, open, new WaitOption());
        this.results = new TestResults(session.workspace());
        new TestRegistry(session.workspace()).list().forEach(test -> tests.put(test.name(), test));
    }

    private List<LatestOutcome> of(Version version) {
        return LatestOutcome.of(session.workspace(), results, tests, version);
    }

    private static String line(LatestOutcome shown) {
        return shown.test() + ": " + shown.text()
                + (shown.metrics().isEmpty() ? "" : " (" + Verdicts.metrics(shown.metrics()) + ")")
                + (shown.outdated() ? ", by code or data that has changed since" : "");
    }

    /** The numbers noted on a version itself. */
    public NotedNumbers noted(Version version) {
        return NotedNumbers.of(session.lineage(), session.workspace().root(), version.id());
    }

    /** The same, with the serving plans of the latest version before it, where it has none. */
    public NotedNumbers standing(Version version) {
        return NotedNumbers.standing(session.lineage(), session.workspace().root(), version.id());
    }

    /** One line a test, e.g. {@code accuracy: passed (accuracy 0.93)}, and one a number. */
    public List<String> lines(Version version, NotedNumbers numbers) {
        List<String> lines = new ArrayList<>();
        for (LatestOutcome shown : of(version)) {
            lines.add(output.styled(shown.passed() ? Output.Style.GREEN : Output.Style.RED, "test " + line(shown)));
        }
        numbers.lines().forEach(number -> lines.add(styled(number)));
        return lines;
    }

    /** One line a serving plan, with why it is stale. */
    public List<String> plans(Version version) {
        return standing(version).plans().stream()
                .map(plan -> styled(plan.text()))
                .toList();
    }

    private String styled(String line) {
        return line.contains(", stale: ") ? output.styled(Output.Style.YELLOW, line) : line;
    }

    /** All in a few words, e.g. {@code accuracy passed, speed timed-out}; empty if there is no result. */
    public String brief(Version version) {
        return of(version).stream()
                .map(shown -> shown.test() + " " + shown.status() + (shown.outdated() ? " (outdated)" : ""))
                .collect(Collectors.joining(", "));
    }

    /** Prints the recipe, where the version has one. */
    public void printRecipe(Version version) {
        var recipes = new Recipes(session.workspace());
        recipes.of(version.id()).ifPresent(recipe -> {
            output.line("");
            RecipeText.print(output, recipe, recipes.trusted(version.model(), recipe), recipes.later(version.id()));
            new SharingGate(session.workspace(), recipes::sharing, JobProgress.NONE)
                    .standings(version.id(), List.of()).stream()
                            .filter(standing -> !standing.kept())
                            .forEach(standing -> output.line(output.styled(Output.Style.RED, standing.text())));
        });
    }

    /**
     * Writes the fields {@code tests} and {@code evaluations} of a version's object, and {@code costs} and
     * {@code servingPlans} where it has any.
     */
    public void json(JsonGenerator json, Version version, NotedNumbers numbers) throws IOException {
        json.writeArrayFieldStart("tests");
        for (LatestOutcome shown : of(version)) {
            json.writeStartObject();
            json.writeStringField("test", shown.test());
            json.writeStringField("status", shown.status());
            json.writeStringField("text", shown.text());
            json.writeBooleanField("outdated", shown.outdated());
            json.writeObjectFieldStart("metrics");
            for (Map.Entry<String, Double> metric : shown.metrics().entrySet()) {
                if (Double.isFinite(metric.getValue())) {
                    json.writeNumberField(metric.getKey(), metric.getValue());
                } else {
                    json.writeStringField(metric.getKey(), String.valueOf(metric.getValue()));
                }
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
        array(json, "evaluations", numbers.evaluationsJson());
        if (!numbers.costs().isEmpty()) {
            array(json, "costs", numbers.costsJson());
        }
        if (!numbers.plans().isEmpty()) {
            array(json, "servingPlans", numbers.plansJson());
        }
    }

    private static void array(JsonGenerator json, String field, List<JsonObject> objects) throws IOException {
        json.writeArrayFieldStart(field);
        for (JsonObject object : objects) {
            json.writeRawValue(Json.text(object));
        }
        json.writeEndArray();
    }

    /** Writes the field {@code recipe}, where the version has one: its command and parents. */
    public void recipeJson(JsonGenerator json, Version version) throws IOException {
        Optional<Recipe> recipe = new Recipes(session.workspace()).of(version.id());
        if (recipe.isPresent()) {
            json.writeObjectFieldStart("recipe");
            json.writeBooleanField("shell", recipe.get().shell());
            json.writeArrayFieldStart("command");
            for (String word : recipe.get().command()) {
                json.writeString(word);
            }
            json.writeEndArray();
            List<Standing> standings = new SharingGate(
                            session.workspace(), new Recipes(session.workspace())::sharing, JobProgress.NONE)
                    .standings(version.id(), List.of());
            if (!standings.isEmpty()) {
                json.writeArrayFieldStart("sharing");
                for (Standing standing : standings) {
                    json.writeRawValue(Json.text(standing.toJson()));
                }
                json.writeEndArray();
            }
            json.writeNumberField("seconds", recipe.get().circumstances().seconds());
            json.writeEndObject();
        }
    }
}
