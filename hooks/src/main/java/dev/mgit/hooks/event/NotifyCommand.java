package dev.mgit.hooks.event;

import dev.mgit.hooks.JobProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Starts a command when a unit of an update has failed and when the update is published, and does not wait for it. It
 * finds {@code MGIT_EVENT} ({@code failed}, {@code published}), {@code MGIT_SUBJECT} and {@code MGIT_DETAIL}. That it
 * cannot be started is told to the other listener and stops nothing.
 */
public final class NotifyCommand implements JobProgress {
    /** What the other listener hears of if the command cannot be started. */
    public static final String SUBJECT = "notify command";

    private static final Set<Kind> TOLD = EnumSet.of(Kind.FAILED, Kind.PUBLISHED);

    private final JobProgress next;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;

    /** @param next hears everything first */
    public NotifyCommand(JobProgress next, List<String> command, Map<String, String> environment, Path directory) {
        this.next = next;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
    }

    @Override
    public void on(Event event) {
        next.on(event);
        if (!TOLD.contains(event.kind())) {
            return;
        }
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put("MGIT_EVENT", event.kind().name().toLowerCase(java.util.Locale.ROOT));
        builder.environment().put("MGIT_SUBJECT", event.subject());
        builder.environment().put("MGIT_DETAIL", event.detail());
        try {
            builder.start().getOutputStream().close();
        } catch (IOException e) {
            next.on(Kind.FAILED, SUBJECT, String.valueOf(e.getMessage()));
        }
    }
}
