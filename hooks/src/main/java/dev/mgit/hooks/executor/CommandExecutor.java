package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.CommandFailure;
import dev.mgit.hooks.JsonMembers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs jobs by four commands of the user's: submit, look, find, end. Each is a line for a shell that reads one JSON object
 * from its standard input and, but for the last, writes one. {@code docs/hooks.md} says what they get and answer.
 */
public final class CommandExecutor extends RemoteExecutor {
    static final String NAME = "command";

    private static final String SECTION = "executor.command.";

    private final ExecutorSettings settings;
    private final CommandLines lines;

    CommandExecutor(ExecutorSettings settings) {
        super(settings.environment(), settings.defaults(), time(settings, "interval", Duration.ofSeconds(2)));
        this.settings = settings;
        this.lines = new CommandLines(settings.environment(), time(settings, "timeout", Duration.ofMinutes(1)));
        var unused = queues();
    }

    private static Duration time(ExecutorSettings settings, String name, Duration otherwise) {
        return settings.setting()
                .apply(SECTION + name)
                .map(Quantities::duration)
                .orElse(otherwise);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> remote() {
        return settings.setting().apply(SECTION + "remote").filter(name -> !name.isBlank());
    }

    /** As the setting {@code executor.command.queues} says: whether submit heeds {@code after}. */
    @Override
    public boolean queues() {
        String said = settings.setting().apply(SECTION + "queues").orElse("false");
        return switch (said) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        SECTION + "queues is '" + said + "'",
                        "mgit config " + SECTION + "queues true");
        };
    }

    private String line(String what) {
        return settings.setting()
                .apply(SECTION + what)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "the executor 'command' has no command to " + what + " jobs",
                        "mgit config " + SECTION + what + " LINE"));
    }

    @Override
    public JobHandle submit(Job job) {
        // Nothing is handed over that could not be found again or ended.
        List.of("submit", "look", "find", "end").forEach(this::line);
        for (JobHandle parent : job.after()) {
            Optional<JobStatus> ended = new JobFolder(parent.folder()).ended();
            if (ended.isPresent() && !ended.get().ok()) {
                throw MgitException.failed("a job that " + job.name() + " depends on ended with "
                        + ended.get().detail());
            }
        }
        return super.submit(job);
    }

    @Override
    String start(Job job, String name, Path script) {
        List<String> after = job.after().stream()
                .filter(parent -> new JobFolder(parent.folder()).ended().isEmpty())
                .map(JobHandle::id)
                .toList();
        JsonObject request = JsonMembers.of(
                "schema",
                1,
                "name",
                name,
                "title",
                job.name(),
                "script",
                script.toAbsolutePath().toString(),
                "folder",
                job.folder().toAbsolutePath().toString(),
                "directory",
                job.directory().toAbsolutePath().toString(),
                "limits",
                job.limits().toJson(),
                "after",
                after);
        CommandLines.Answer answer = lines.ask("submit", line("submit"), request, job.environment());
        return answer.id()
                .orElseThrow(() -> new CommandFailure(
                        MgitException.Kind.FAILED,
                        SECTION + "submit did not take " + job.name() + ": " + answer.problem(),
                        answer.errors(),
                        "it must exit with 0 and print {\"id\": \"…\"}"));
    }

    private static JsonObject about(String name, String id, Path folder) {
        return JsonMembers.of(
                "schema",
                1,
                "name",
                name,
                "id",
                Optional.of(id).filter(known -> !known.isEmpty()),
                "folder",
                folder.toAbsolutePath().toString());
    }

    @Override
    Sighting look(String name, String id, Path folder) {
        CommandLines.Answer answer = lines.ask("look", line("look"), about(name, id, folder), Map.of());
        Optional<State> state = answer.text("state").flatMap(CommandExecutor::state);
        if (state.isEmpty()) {
            return Sighting.of(State.UNKNOWN, SECTION + "look gave no answer: " + answer.problem());
        }
        String detail = answer.text("detail").orElse(NAME + " job " + id);
        return new Sighting(state.get(), answer.exitCode(), detail);
    }

    private static Optional<State> state(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "waiting" -> Optional.of(State.WAITING);
            case "running" -> Optional.of(State.RUNNING);
            case "ended" -> Optional.of(State.ENDED);
            default -> Optional.empty();
        };
    }

    @Override
    Optional<String> find(String name, Path folder) {
        CommandLines.Answer answer = lines.ask("find", line("find"), about(name, "", folder), Map.of());
        if (answer.id().isEmpty() && !answer.isEmptyObject()) {
            throw new CommandFailure(
                    MgitException.Kind.FAILED,
                    SECTION + "find gave no answer: " + answer.problem(),
                    answer.errors(),
                    "it must exit with 0 and print {\"id\": \"…\"}, or {} if there is no such job");
        }
        return answer.id();
    }

    @Override
    void end(String name, String id, Path folder) {
        var unused = lines.ask("end", line("end"), about(name, id, folder), Map.of());
    }
}
