package dev.mgit.cli;

import dev.mgit.fixtures.ChildJvm;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * Machines that share no files with a repository, played by processes of this one: a job gets its script and nothing
 * else, starts in another folder with another home, and where that is allowed sees an empty folder in the repository's
 * place. A bare Git repository and a folder of parameters are all that both sides reach. What a file {@code before-job}
 * or {@code instead-of-job} in the folder says is run by a job's machine.
 */
final class FarNodes {
    private static final String SCHEDULER = """
            q=$(dirname "$0")
            case $1 in
              submit)
                if [ ! -e "$q/$MGIT_JOB_NAME.job" ]; then
                  cp "$MGIT_JOB_SCRIPT" "$q/$MGIT_JOB_NAME.sh"
                  echo "$MGIT_JOB_NAME" >> "$q/submitted"
                  cd "$q/far"
                  env -i HOME="$q/far" TMPDIR="$q/far/tmp" PATH="$q/bin:/usr/bin:/bin" \\
                    setsid sh "$q/node.sh" "$MGIT_JOB_NAME" < /dev/null > "$q/$MGIT_JOB_NAME.out" 2>&1 &
                  echo $! > "$q/$MGIT_JOB_NAME.job"
                fi
                echo "{\\"id\\": \\"$MGIT_JOB_NAME\\"}" ;;
              look)
                if kill -0 "$(cat "$q/$MGIT_JOB_ID.job")" 2>/dev/null; then state=running; else state=ended; fi
                echo "{\\"state\\": \\"$state\\"}" ;;
              find)
                if [ -e "$q/$MGIT_JOB_NAME.job" ]; then echo "{\\"id\\": \\"$MGIT_JOB_NAME\\"}"; else echo '{}'; fi ;;
              end)
                if [ -e "$q/$MGIT_JOB_NAME.job" ]; then kill -KILL -"$(cat "$q/$MGIT_JOB_NAME.job")"; fi ;;
            esac
            """;

    private static final String NODE = """
            q=QUEUE
            if [ -e "$q/before-job" ]; then . "$q/before-job"; fi
            if [ -e "$q/instead-of-job" ]; then . "$q/instead-of-job"; exit; fi
            if unshare -m mount -t tmpfs none REPOSITORY 2>/dev/null; then
              exec unshare -m sh -c 'mount -t tmpfs none "$1" && exec sh -s' sh REPOSITORY < "$q/$1.sh"
            fi
            exec sh -s < "$q/$1.sh"
            """;

    private final Path folder;
    private final Path hub;

    private FarNodes(Path folder, Path hub) {
        this.folder = folder;
        this.hub = hub;
    }

    /** Gives a repository such machines, and a remote {@code hub} by which to reach them. */
    static FarNodes of(TestRepository repository, Path folder) throws IOException {
        return of(repository, folder, folder.resolve("store").toString());
    }

    static FarNodes of(TestRepository repository, Path folder, String store) throws IOException {
        Path hub = GitServers.bare(folder.resolve("models.git"));
        repository.ok("remote", "add", "hub", hub.toString(), "--store", store);
        Path queue = Files.createDirectories(folder.resolve("queue"));
        Files.createDirectories(queue.resolve("far/tmp"));
        Files.createDirectories(queue.resolve("bin"));
        Files.writeString(
                queue.resolve("node.sh"),
                NODE.replace("QUEUE", "'" + queue + "'").replace("REPOSITORY", "'" + repository.root() + "'"));
        Path script = Files.writeString(queue.resolve("scheduler.sh"), SCHEDULER);
        Path mgit = Files.writeString(
                queue.resolve("bin/mgit"),
                "#!/bin/sh\nexec '" + String.join("' '", ChildJvm.command(List.of("-Xmx256m")))
                        + "' dev.mgit.cli.Main \"$@\"\n");
        Files.setPosixFilePermissions(mgit, PosixFilePermissions.fromString("rwx------"));
        for (String what : List.of("submit", "look", "find", "end")) {
            repository.ok("config", "executor.command." + what, "sh '" + script + "' " + what);
        }
        repository.ok("config", "executor.command.interval", "1s");
        repository.ok("config", "executor.command.remote", "hub");
        repository.ok("config", "executor.name", "command");
        return new FarNodes(queue, hub);
    }

    Path hub() {
        return hub;
    }

    /** What a job's machine does besides, or instead; {@code $MGIT_JOB_NAME} is {@code $1}. */
    void when(String moment, String line) throws IOException {
        Files.writeString(folder.resolve(moment), line + "\n");
    }

    void asUsual() throws IOException {
        Files.deleteIfExists(folder.resolve("before-job"));
        Files.deleteIfExists(folder.resolve("instead-of-job"));
    }

    /** The jobs so far, in order. */
    List<String> jobs() throws IOException {
        Path file = folder.resolve("submitted");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    String script(String job) throws IOException {
        return Files.readString(folder.resolve(job + ".sh"));
    }

    /** What a job printed where it ran. */
    String printed(String job) throws IOException {
        return Files.readString(folder.resolve(job + ".out"));
    }

    long pid(String job) throws IOException {
        return Long.parseLong(Files.readString(folder.resolve(job + ".job")).strip());
    }

    /** Kills a job's machine. */
    void kill(String job) throws IOException {
        GitServers.run(folder, "sh", "-c", "kill -KILL -" + pid(job));
    }

    /** What ran on the machines since the last call, sorted. */
    List<String> ran() throws IOException {
        Path file = folder.resolve("far/tmp/runs");
        if (Files.notExists(file)) {
            return List.of();
        }
        List<String> lines = Files.readAllLines(file).stream().sorted().toList();
        Files.delete(file);
        return lines;
    }

    /** What is left where the machines work. */
    List<Path> left() throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve("far/tmp"))) {
            return entries.filter(Files::isDirectory).toList();
        }
    }

    /** The references of runs at the remote. */
    String runs() throws IOException {
        return GitServers.run(hub, "git", "for-each-ref", "--format=%(refname)", "refs/mgit/runs");
    }

    static Crash start(TestRepository repository, String... arguments) throws IOException {
        return Crash.start(Main.class, repository.root(), List.of("-Xmx256m"), arguments);
    }
}
