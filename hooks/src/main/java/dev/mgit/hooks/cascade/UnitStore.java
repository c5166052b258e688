package dev.mgit.hooks.cascade;

import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.commit.Candidate;
import dev.mgit.hooks.commit.CommitListener;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.data.DataRecord;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Stores what units made as versions that nobody sees yet: staging references hold them. */
final class UnitStore {
    private final Workspace workspace;
    private final CascadeState state;
    private final CommitWorkflow workflow;

    UnitStore(Workspace workspace, Executor executor, CascadeState state, JobProgress progress) {
        this.workspace = workspace;
        this.state = state;
        this.workflow = new CommitWorkflow(workspace, executor, progress, CommitListener.NONE);
    }

    /** Versions on staging references: a crash may have come between storing them and saying so in the journal. */
    Optional<Map<String, VersionId>> stored(UpdatePlan.Unit unit) {
        Map<String, VersionId> found = new LinkedHashMap<>();
        synchronized (workspace) {
            Map<String, VersionId> staged = workspace.lineage().privateRefs(state.stagingPrefix());
            for (String model : unit.heads().keySet()) {
                VersionId version = staged.get(state.staging(model));
                if (version != null) {
                    found.put(model, version);
                }
            }
        }
        return found.size() == unit.heads().size() ? Optional.of(found) : Optional.empty();
    }

    /**
     * Stores a unit's versions.
     *
     * @param recipe as it was carried out
     * @param folders where each model's files are
     * @throws dev.mgit.delta.MgitException of kind GATE if a pre-commit hook refuses them
     */
    Map<String, VersionId> store(UpdatePlan.Unit unit, Recipe recipe, Function<String, Path> folders) {
        List<NewModelVersion> made = new ArrayList<>();
        unit.heads()
                .forEach((model, head) -> made.add(new NewModelVersion(
                        model,
                        Optional.of(head),
                        RecipeRunner.edges(recipe.parents()),
                        message(unit, recipe),
                        folders.apply(model),
                        data(head).now(workspace.root()).with(Map.of(Recipe.FILE, recipe.toBytes())),
                        recipe.weightsOnly())));
        workflow.gate(made.stream().map(Candidate::of).toList());
        return stage("update: store " + unit.name(), made);
    }

    private DataRecord data(VersionId head) {
        synchronized (workspace) {
            return DataRecord.of(workspace.lineage(), head);
        }
    }

    private Map<String, VersionId> stage(String what, List<NewModelVersion> made) {
        synchronized (workspace) {
            return workspace.locked(what, () -> {
                Transaction transaction = workspace.lineage().begin(what, workspace.author());
                Map<String, VersionId> versions = new LinkedHashMap<>();
                for (NewModelVersion version : made) {
                    VersionId id = workspace.write(transaction, version);
                    transaction.setPrivateRef(state.staging(version.model()), id);
                    versions.put(version.model(), id);
                }
                transaction.apply();
                return versions;
            });
        }
    }

    private static String message(UpdatePlan.Unit unit, Recipe recipe) {
        List<String> names = recipe.parents().stream()
                .map(parent -> parent.model() + " " + parent.version().abbreviated())
                .toList();
        String changed = StaleReason.text(unit.reasons(), reason -> !reason.leads());
        return "update: rebuild from " + String.join(", ", names)
                + (changed.isEmpty() ? "" : "\n\nChanged: " + changed);
    }
}
