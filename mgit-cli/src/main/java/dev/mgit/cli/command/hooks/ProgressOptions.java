package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.event.NotifyCommand;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long work is told of: lines on stderr, and {@code --notify-command}. */
public final class ProgressOptions {
    @Option(
            names = "--notify-command",
            paramLabel = "LINE",
            description = "Program to run on every failure and at the end, with arguments separated by spaces; it "
                    + "gets MGIT_EVENT (failed, published), MGIT_SUBJECT and MGIT_DETAIL.")
    private @Nullable String notifyCommand;

    /** @param shown hears everything first */
    public JobProgress notifying(HookSession session, JobProgress shown) {
        if (notifyCommand == null || notifyCommand.isBlank()) {
            return shown;
        }
        return new NotifyCommand(
                shown,
                List.of(notifyCommand.strip().split("\\s+")),
                session.workspace().environment(),
                session.workspace().root());
    }

    /** Tells of the end, where the command itself says it to the terminal. */
    public void end(Context context, HookSession session, JobProgress.Kind kind, String subject, String detail) {
        JobProgress complaint = event -> {
            if (event.subject().equals(NotifyCommand.SUBJECT)) {
                context.output().note(ProgressLines.text(event));
            }
        };
        notifying(session, complaint).on(kind, subject, detail);
    }

    /** Plain lines on stderr. */
    public static JobProgress lines(Context context) {
        return context.progressWanted() ? new ProgressLines(context) : JobProgress.NONE;
    }
}
