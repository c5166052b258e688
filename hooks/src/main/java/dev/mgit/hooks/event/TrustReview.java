package dev.mgit.hooks.event;

import dev.mgit.hooks.Trust;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.Model;
import java.util.ArrayList;
import java.util.List;

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

    /** Tests, hooks and the recipes of models' newest versions that are inert here, each text once. */
    public List<Trust.Item> pending() {
        List<Trust.Item> items = new ArrayList<>();
        for (String folder : List.of("tests", "hooks")) {
            for (String path : workspace.lineage().registryFiles(folder)) {
                workspace.lineage().registryFile(path).ifPresent(bytes -> items.add(Trust.Item.of(path, bytes)));
            }
        }
        var recipes = new Recipes(workspace);
        for (Model model : workspace.lineage().models()) {
            recipes.of(model.head()).ifPresent(recipe -> items.add(recipe.trustItem(model.name())));
        }
        List<Trust.Item> pending = new ArrayList<>();
        for (Trust.Item item : items) {
            boolean known = pending.stream().anyMatch(other -> other.digest().equals(item.digest()));
            if (!known && !trust.accepts(item)) {
                pending.add(item);
            }
        }
        return pending;
    }

    public void accept(List<Trust.Item> items) {
        trust.accept(items);
    }

    public void withdraw(Trust.Item item) {
        trust.withdraw(item.digest());
    }
}
