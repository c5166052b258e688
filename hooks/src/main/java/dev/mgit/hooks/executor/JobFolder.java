package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The files of one job, all in its folder. {@code job.sh} claims the job by making the folder {@code started}, writes
 * its process id to {@code pid}, runs the command with its output in the log files, and leaves the exit code in
 * {@code exit}, by rename, so it is there whole or not at all.
 */
final class JobFolder {
    private final Path folder;

    JobFolder(Path folder) {
        this.folder = folder;
    }

    private static final String APART = "apart";

    /**
     * What a scheduler knows the job by: {@code mgit-} and 16 hexadecimal digits, chosen when it was prepared, so that
     * another job that had this folder before is another job. Earlier versions made it from the folder's path.
     */
    String name() {
        return read("name").orElseGet(() -> {
            byte[] path = folder.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
            return "mgit-" + FolderTools.digest(path).substring(0, 16);
        });
    }

    private void choose() {
        if (Files.exists(folder.resolve("name"))) {
            return;
        }
        byte[] random = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
        FolderTools.create(folder);
        write("name", "mgit-" + FolderTools.digest(random).substring(0, 16));
    }

    /** The script of a job that runs where this folder is not. */
    Path prepareApart(Job job) {
        String command = job.command().stream().map(JobFolder::quote).collect(Collectors.joining(" "));
        choose();
        write(APART, "");
        return write(
                "job.sh", "#!/bin/sh\n# Needs nothing of the machine it was submitted from.\nexec " + command + "\n");
    }

    /** Whether the job runs where this folder is not. */
    boolean isApart() {
        return Files.exists(folder.resolve(APART));
    }

    /** How a job that ran apart and is over ended; still running while nobody can say. Empty if nobody knows. */
    Optional<JobStatus> ended(Retrieval retrieval, JobHandle handle) {
        if (!isApart()) {
            return Optional.empty();
        }
        try {
            retrieval.retrieve(handle).ifPresent(this::end);
            return ended();
        } catch (MgitException e) {
            if (e.kind() == MgitException.Kind.REMOTE) {
                return Optional.of(JobStatus.of(JobStatus.State.RUNNING, String.valueOf(e.getMessage())));
            }
            throw e;
        }
    }

    private void end(Retrieval.Left left) {
        write("seconds", String.valueOf(left.seconds()));
        end(
                left.status().state() == JobStatus.State.TIMED_OUT
                        ? "timeout"
                        : String.valueOf(left.status().exitCode()));
    }

    /** The script of a job that starts in its own environment. */
    Path prepare(Job job) {
        return prepare(job, Map.of());
    }

    /**
     * Makes the script. Only fixed text and single-quoted words: nothing of a command is read by the shell.
     *
     * @param exports variables that the script sets; those a shell cannot name are left out
     */
    Path prepare(Job job, Map<String, String> exports) {
        String memory = job.limits()
                .memory()
                .map(bytes -> "ulimit -v " + Math.max(1, bytes / 1024) + " && ")
                .orElse("");
        String command = job.command().stream().map(JobFolder::quote).collect(Collectors.joining(" "));
        String script = "#!/bin/sh\n"
                + "job=" + quote(folder.toAbsolutePath().toString()) + "\n"
                + "mkdir \"$job/started\" 2>/dev/null || exit 75\n"
                + "echo $$ > \"$job/pid\"\n"
                + exports(exports)
                + "( cd " + quote(job.directory().toAbsolutePath().toString()) + " && " + memory + "exec " + command
                + " ) </dev/null >\"$job/stdout.log\" 2>\"$job/stderr.log\"\n"
                + "code=$?\n"
                // What it made is on disk before it counts as made: an update goes on from there after a power failure.
                + "[ $code -ne 0 ] || [ -z \"${MGIT_OUTPUT:-}\" ] || find \"$MGIT_OUTPUT\" -exec sync {} + 2>/dev/null\n"
                + "echo $code > \"$job/exit.new\" && mv \"$job/exit.new\" \"$job/exit\"\n"
                + "exit $code\n";
        choose();
        job.limits().timeout().ifPresent(time -> write("timeout", String.valueOf(time.toMillis())));
        return write("job.sh", script);
    }

    private static String exports(Map<String, String> variables) {
        return new TreeMap<>(variables)
                .entrySet().stream()
                        .filter(variable -> variable.getKey().matches("[A-Za-z_][A-Za-z0-9_]*"))
                        .map(variable -> "export " + variable.getKey() + "=" + quote(variable.getValue()) + "\n")
                        .collect(Collectors.joining());
    }

    static String quote(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private Path write(String name, String text) {
        Path file = folder.resolve(name);
        FolderTools.replace(file, text.getBytes(StandardCharsets.UTF_8));
        return file;
    }

    Path script() {
        return folder.resolve("job.sh");
    }

    /**
     * How the job ended, empty while it has not. A script outlives its command by a moment, and so may write down the
     * signal of whoever ended both: then what that one {@linkplain #ending said before} counts.
     */
    Optional<JobStatus> ended() {
        Optional<JobStatus> ended = read("exit").map(JobFolder::status);
        return ended.filter(status -> !status.ok())
                .flatMap(failed -> read("ending").map(JobFolder::status))
                .or(() -> ended);
    }

    private static JobStatus status(String text) {
        return switch (text) {
            case "timeout" -> JobStatus.timedOut();
            case "cancelled" -> JobStatus.of(JobStatus.State.CANCELLED, "cancelled");
            default ->
                text.matches("-?\\d{1,9}")
                        ? JobStatus.exited(Integer.parseInt(text))
                        : JobStatus.of(JobStatus.State.LOST, "what it wrote down of its end cannot be read");
        };
    }

    /** Says why the job is about to be killed. */
    void ending(String how) {
        if (ended().isEmpty()) {
            write("ending", how);
        }
    }

    /** Says how the job ended, unless it has said so itself. */
    void end(String how) {
        if (ended().isEmpty()) {
            write("exit", how);
        }
    }

    /** Claims a job that has not started, so that it never will. */
    boolean claim() {
        try {
            FolderTools.create(folder);
            Files.createDirectory(folder.resolve("started"));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Instant> started() {
        return time("started");
    }

    double seconds() {
        Optional<Instant> end = time("exit");
        return read("seconds")
                .filter(text -> text.matches("\\d{1,15}(\\.\\d{1,20})?(E-?\\d{1,3})?"))
                .map(Double::valueOf)
                .or(() -> started()
                        .flatMap(start ->
                                end.map(at -> Duration.between(start, at).toMillis() / 1000.0)))
                .orElse(0.0);
    }

    private Optional<Instant> time(String name) {
        try {
            return Optional.of(Files.getLastModifiedTime(folder.resolve(name)).toInstant());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Long> pid() {
        return number("pid");
    }

    /** True once the job has run for longer than it may. */
    boolean overdue() {
        Optional<Long> limit = number("timeout");
        return limit.isPresent()
                && started()
                        .filter(start -> Instant.now().isAfter(start.plusMillis(limit.get())))
                        .isPresent();
    }

    private Optional<Long> number(String name) {
        return read(name).filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf);
    }

    /** A script does not sync what it writes, so that it may be anything after a power failure. */
    private Optional<String> read(String name) {
        try {
            String text = new String(Files.readAllBytes(folder.resolve(name)), StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? Optional.empty() : Optional.of(text);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
