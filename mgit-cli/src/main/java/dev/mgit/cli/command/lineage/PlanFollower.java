package dev.mgit.cli.command.lineage;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.LiveLines;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.cascade.UpdatePicture;
import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.lineage.drawing.GraphMark;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Draws the models of an update in place, again whenever something happens to one of them, until the update is over. */
final class PlanFollower {
    private static final long LOOK_MILLIS = 200;

    private final Context context;
    private final Updates updates;

    PlanFollower(Context context, Updates updates) {
        this.context = context;
        this.updates = updates;
    }

    /**
     * Follows the update in progress, if there is one and a terminal to draw at.
     *
     * @param plan as it is now; looked at once, since it reads what recipes read
     * @param draw makes lines of marks
     */
    void follow(Supplier<UpdatePlan> plan, Function<Map<VersionId, GraphMark>, List<String>> draw) {
        Optional<UpdateReport> open = updates.status();
        Optional<LiveLines> live = context.liveLines();
        if (open.isEmpty() || live.isEmpty()) {
            return;
        }
        UpdatePlan before = plan.get();
        try (LiveLines lines = live.get()) {
            Optional<UpdateReport> drawn = Optional.empty();
            while (open.isPresent() && goesOn()) {
                if (!open.equals(drawn)) {
                    lines.drawVisible(draw.apply(UpdatePicture.marks(before, open)));
                    drawn = open;
                }
                pause();
                open = updates.status();
            }
        }
    }

    /** One that was killed or cancelled does not move. */
    private boolean goesOn() {
        return updates.holder().filter(holder -> holder.alive()).isPresent();
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        }
    }
}
