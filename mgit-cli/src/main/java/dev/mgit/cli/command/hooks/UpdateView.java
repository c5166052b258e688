package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.hooks.Progress;
import dev.mgit.hooks.cascade.Plan;
import dev.mgit.hooks.cascade.UpdateReport;

/** How an update goes on, for whoever watches: plain lines. */
final class UpdateView implements Progress, AutoCloseable {
    private final Context context;
    private final ProgressLines lines;

    UpdateView(Context context) {
        this.context = context;
        this.lines = new ProgressLines(context);
    }

    void begin(Plan plan) {}

    void begin(UpdateReport report) {}

    @Override
    public void on(Event event) {
        if (context.progressWanted()) {
            lines.on(event);
        }
    }

    @Override
    public void close() {}
}
