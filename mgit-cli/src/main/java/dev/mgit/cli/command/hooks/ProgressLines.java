package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.hooks.JobProgress;

/** Tells of long work in plain lines on stderr. */
public final class ProgressLines implements JobProgress {
    private final Context context;

    public ProgressLines(Context context) {
        this.context = context;
    }

    @Override
    public synchronized void on(Event event) {
        context.output().note(text(event));
    }

    public static String text(Event event) {
        String first = event.detail().lines().findFirst().orElse("");
        String detail = first.isEmpty() ? "" : ": " + first;
        return switch (event.kind()) {
            case STARTED -> event.subject() + ": started, " + first;
            case MADE -> event.subject() + ": made";
            case TESTED -> event.subject() + ": test " + event.test().orElse("") + detail;
            case PASSED -> event.subject() + ": passed";
            case FAILED -> event.subject() + ": failed" + detail;
            case SKIPPED -> event.subject() + ": skipped" + detail;
            case KEPT -> event.subject() + ": files that were not stored stay in " + first;
            case PUBLISHED -> event.subject() + ": published";
        };
    }
}
