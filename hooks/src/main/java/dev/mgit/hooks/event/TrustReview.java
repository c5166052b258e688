package dev.mgit.hooks.event;

import dev.mgit.hooks.RunSettings;
import dev.mgit.hooks.Trust;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.Model;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code mgit hooks trust}: what could run here and has not been accepted yet. Whoever accepts is shown the very text
 * that the digest stands for.
 */
public final class TrustReview {
    private final Workspace workspace;
    private final Trust trust;

    public TrustReview(Workspace workspace) {
        this.workspace = workspace;
        this.trust = new Trust(workspace.trusted());
    }

    /** Tests, hooks, settings and the recipes of models' newest versions that are inert here, each text once. */
    public List<Trust.Item> pending() {
        return items().stream().filter(item -> !trust.accepts(item)).toList();
    }

    /** The same that may run here. */
    public List<Trust.Item> accepted() {
        return items().stream().filter(trust::accepts).toList();
    }

    private Collection<Trust.Item> items() {
        Map<String, Trust.Item> items = new LinkedHashMap<>();
        for (String folder : List.of("tests", "hooks")) {
            for (String path : workspace.lineage().registryFiles(folder)) {
                workspace
                        .lineage()
                        .registryFile(path)
                        .map(bytes -> Trust.Item.of(path, bytes))
                        .ifPresent(item -> items.putIfAbsent(item.digest(), item));
            }
        }
        workspace.runSettings().forEach((key, value) -> {
            Trust.Item item = RunSettings.item(key, value);
            items.putIfAbsent(item.digest(), item);
        });
        var recipes = new Recipes(workspace);
        for (Model model : workspace.lineage().models()) {
            recipes.of(model.head())
                    .map(recipe -> recipe.trustItem(model.name()))
                    .ifPresent(item -> items.putIfAbsent(item.digest(), item));
        }
        return items.values();
    }

    public void accept(List<Trust.Item> items) {
        var unused = workspace.locked("hooks trust", () -> {
            trust.accept(items);
            return true;
        });
    }

    public void withdraw(Trust.Item item) {
        var unused = workspace.locked("hooks trust", () -> {
            trust.withdraw(item.digest());
            return true;
        });
    }
}
