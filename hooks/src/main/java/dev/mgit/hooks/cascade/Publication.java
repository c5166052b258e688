package dev.mgit.hooks.cascade;

import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.modeltest.TestResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Shows everything that passed and that nobody overtook, in one transaction that also lets go of the staging references.
 * What is made from a model that moved stays out with it, so that what appears fits together and nobody's version is
 * replaced unseen.
 */
final class Publication {
    private final Workspace workspace;
    private final CascadeState state;
    private final CascadeLog log;
    private final JobProgress progress;
    private final TestResults results;
    private final MovedUnits moved;

    Publication(
            Workspace workspace,
            CascadeState state,
            CascadeLog log,
            JobProgress progress,
            TestResults results,
            MovedUnits moved) {
        this.workspace = workspace;
        this.state = state;
        this.log = log;
        this.progress = progress;
        this.results = results;
        this.moved = moved;
    }

    void publish() {
        if (state.updateState() == CascadeState.UpdateState.PUBLISHING && staged().isEmpty()) {
            log.write(CascadeRecord.updateState(CascadeState.UpdateState.DONE));
            return;
        }
        log.write(CascadeRecord.updateState(CascadeState.UpdateState.PUBLISHING));
        boolean shown = workspace.locked("update: publish", this::show);
        log.write(CascadeRecord.updateState(CascadeState.UpdateState.DONE));
        if (shown) {
            progress.on(JobProgress.Kind.PUBLISHED, state.target, leftOut());
        }
    }

    /** What did not come through, for whoever is told of the end only. */
    private String leftOut() {
        List<String> lines = new ArrayList<>();
        for (int unit = 0; unit < state.units.size(); unit++) {
            CascadeState.Unit fate = state.state(unit);
            if (fate != CascadeState.Unit.PASSED) {
                String why = state.unit(unit).detail.lines().findFirst().orElse("");
                lines.add(state.units.get(unit).name() + " " + fate.word() + ": " + why);
            }
        }
        return String.join("\n", lines);
    }

    /** @return whether any model has a new version */
    private boolean show() {
        Set<String> staged = staged();
        if (!staged.isEmpty()) {
            moved.leavePassed();
        }
        var transaction = workspace.lineage().begin("update " + state.target, workspace.author());
        boolean any = false;
        for (int unit = 0; unit < state.units.size(); unit++) {
            CascadeState.Progress made = state.unit(unit);
            if (made.state == CascadeState.Unit.PASSED) {
                made.versions.forEach(transaction::setModel);
                any |= !made.versions.isEmpty();
            } else {
                made.versions.values().forEach(results::drop);
            }
        }
        staged.forEach(transaction::deletePrivateRef);
        boolean noted = results.anyWaiting();
        results.putInto(transaction);
        if (!staged.isEmpty() || noted) {
            transaction.apply();
        }
        return any;
    }

    private Set<String> staged() {
        return workspace.lineage().privateRefs(state.stagingPrefix()).keySet();
    }

    /** Lets go of the staging references below a prefix. */
    static void dropStaged(Workspace workspace, String prefix) {
        workspace.locked("update: abort", () -> {
            Set<String> staged = workspace.lineage().privateRefs(prefix).keySet();
            if (!staged.isEmpty()) {
                var transaction = workspace.lineage().begin("update --abort", workspace.author());
                staged.forEach(transaction::deletePrivateRef);
                transaction.apply();
            }
            return true;
        });
    }
}
