package dev.mgit.hooks.cascade;

import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Leaves alone what somebody else gave a version since the update was planned, and with it what is to be made, or was
 * made, from it. A unit that runs is let run: what it makes is kept for the next update.
 */
final class MovedUnits {
    private final Workspace workspace;
    private final CascadeState state;
    private final CascadeLog log;
    private final JobProgress progress;

    MovedUnits(Workspace workspace, CascadeState state, CascadeLog log, JobProgress progress) {
        this.workspace = workspace;
        this.state = state;
        this.log = log;
        this.progress = progress;
    }

    /**
     * Before they start.
     *
     * @param busy units that a thread has in hand, which looks itself
     */
    void leavePlanned(Set<Integer> busy) {
        Map<String, String> moved = moved();
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (state.state(unit) == CascadeState.Unit.PLANNED && !busy.contains(unit)) {
                leave(unit, moved);
            }
        }
    }

    /** The same for one, whose thread asks. */
    void leavePlanned(int unit) {
        leave(unit, moved());
    }

    /** Before they appear; the caller holds the repository's lock. */
    void leavePassed() {
        Map<String, String> moved = moved();
        for (int unit = 0; unit < state.units.size(); unit++) {
            if (state.state(unit) == CascadeState.Unit.PASSED) {
                leave(unit, moved);
            }
        }
    }

    private void leave(int unit, Map<String, String> moved) {
        Optional<String> why = why(unit, moved);
        if (why.isPresent()) {
            log.write(CascadeRecord.unit(unit, CascadeState.Unit.MOVED, "detail", why.get()));
            progress.on(JobProgress.Kind.SKIPPED, state.units.get(unit).name(), why.get());
        }
    }

    private Optional<String> why(int unit, Map<String, String> moved) {
        return state.units.get(unit).heads().keySet().stream()
                .filter(moved::containsKey)
                .findFirst()
                .map(moved::get)
                .or(() -> Units.upstream(state.units, unit).stream()
                        .filter(above -> state.state(above) == CascadeState.Unit.MOVED)
                        .findFirst()
                        .map(above -> state.unit(above).detail));
    }

    /** Models that are no longer what they were when this was planned, with what became of them. */
    private Map<String, String> moved() {
        Map<String, String> moved = new LinkedHashMap<>();
        synchronized (workspace) {
            for (UpdatePlan.Unit unit : state.units) {
                unit.heads().forEach((model, head) -> {
                    Optional<VersionId> now = workspace.lineage().model(model).map(Model::head);
                    if (!now.equals(Optional.of(head))) {
                        String became =
                                now.map(id -> "got version " + id.abbreviated()).orElse("was deleted");
                        moved.put(model, "'" + model + "' " + became + " meanwhile");
                    }
                });
            }
        }
        return moved;
    }
}
