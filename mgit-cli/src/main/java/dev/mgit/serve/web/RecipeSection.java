package dev.mgit.serve.web;

import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.StaleReason;
import java.util.Map;
import java.util.stream.Collectors;

/** How a version was made. */
final class RecipeSection {
    private final Html html;
    private final VersionFacts facts;

    RecipeSection(Html html, VersionFacts facts) {
        this.html = html;
        this.facts = facts;
    }

    void show() {
        facts.recipe().ifPresent(this::show);
    }

    private void show(Recipe recipe) {
        Recipe.Circumstances at = recipe.circumstances();
        html.open("section").open("h2").text("Recipe");
        if (!facts.trusted()) {
            html.leaf("span", "not approved here: mgit hooks trust", "class", "badge warn");
        }
        html.close();
        html.open("pre", "class", "command").leaf("code", (recipe.shell() ? "sh: " : "$ ") + line(recipe));
        html.close().open("dl", "class", "facts");
        Tables.fact(html, "Folder", recipe.directory());
        recipe.inputs()
                .forEach(input -> Tables.fact(html, "Input " + input.name(), input.path() + ", " + input.sha256()));
        recipe.environment().forEach((name, value) -> Tables.fact(html, "Variable", name + "=" + value));
        recipe.seed().ifPresent(seed -> Tables.fact(html, "Seed", "" + seed));
        if (!recipe.group().isEmpty()) {
            Tables.fact(html, "Together with", String.join(", ", recipe.group()));
        }
        recipe.sharing().forEach(promise -> Tables.fact(html, "Promise", promise.text()));
        at.code()
                .ifPresent(code -> Tables.fact(
                        html, "Code", "Git " + code.revision() + (code.dirty() ? ", with uncommitted changes" : "")));
        if (!at.because().isEmpty()) {
            Tables.fact(html, "Because", StaleReason.text(at.because()));
        }
        at.runtime().ifPresent(runtime -> Tables.fact(html, "Runtime", runtime));
        Tables.fact(html, "Machine", at.machine());
        Tables.fact(html, "Took", at.seconds() == 0 ? "not run yet" : Amounts.seconds(at.seconds()));
        html.close();
        map("Sources", at.sources());
        map("Packages", at.packages());
        html.close();
    }

    private void map(String title, Map<String, String> entries) {
        if (!entries.isEmpty()) {
            html.open("details").leaf("summary", entries.size() + " " + title.toLowerCase(java.util.Locale.ROOT));
            html.open("dl", "class", "facts");
            entries.forEach((name, value) -> Tables.fact(html, name, value));
            html.close().close();
        }
    }

    /** Words with spaces in quotes, for reading. */
    private static String line(Recipe recipe) {
        return recipe.command().stream()
                .map(word -> word.matches("[\\w@%+=:,./{}-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
