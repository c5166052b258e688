package dev.mgit.cli.storm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.cli.Main;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a storm: starts its processes, has them killed now and then, and sees that something always goes on. */
final class Storm {
    private static final List<String> JVM = List.of("-Xmx320m");
    private static final Pattern ADDRESS = Pattern.compile("at (http://127\\.0\\.0\\.1:\\d+)");

    private final StormFolder storm;
    private final List<StormProcess> processes = new ArrayList<>();

    Storm(Path folder) {
        this.storm = new StormFolder(folder);
    }

    StormFolder folder() {
        return storm;
    }

    /**
     * Makes two repositories with a remote between them.
     *
     * @param group number of the group that works in them; empty if it is one user
     */
    void prepare(Optional<Integer> group) throws IOException {
        for (Path folder : List.of(storm.journals(), storm.work("x"), storm.out("x"))) {
            Files.createDirectories(folder);
        }
        if (group.isPresent()) {
            Files.createFile(storm.folder().resolve("shared"));
        }
        GitServers.bare(storm.folder().resolve("models.git"));
        for (String name : StormFolder.REPOSITORIES) {
            Files.createDirectories(storm.forgotten(name));
            Path root = Files.createDirectories(storm.repository(name));
            group.ifPresentOrElse(
                    id -> {
                        give(root, id);
                        ok(root, "init", "--shared");
                    },
                    () -> ok(root, "init"));
            ok(storm.repository(name), "remote", "add", "origin", "../models.git", "--store", "../store");
        }
        for (int i = 0; i < Commands.NAMES; i++) {
            String who = "first-" + i;
            ok(storm.repository(StormFolder.FIRST), "commit", storm.write(who).toString(), "--model", "m" + i);
        }
        ok(storm.repository(StormFolder.FIRST), "push");
        ok(storm.repository(StormFolder.SECOND), "pull");
        Files.writeString(storm.token(), "0123456789abcdef served\n");
        if (group.isPresent()) {
            List.of("journals", "work", "out", "forgotten", "forgotten/first", "forgotten/second")
                    .forEach(name -> give(storm.folder().resolve(name), group.get()));
        } else {
            Files.setPosixFilePermissions(storm.token(), PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static void give(Path folder, int group) {
        try {
            Files.setAttribute(folder, "unix:gid", group);
            Files.setAttribute(folder, "unix:mode", 0770);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command that must succeed; returns what it printed. */
    static String ok(Path where, String... words) {
        Cli.Ran ran = Cli.run(where, words);
        assertThat(ran.exit()).as("%s: %s", List.of(words), ran).isZero();
        return ran.out();
    }

    /**
     * Runs so many commands, and returns when all are over.
     *
     * @param users words that processes are started under, by turns
     * @param killEvery after how many commands a process is killed, on average
     */
    void rage(int operations, int count, long seed, int killEvery, List<List<String>> users) throws Exception {
        try (Crash server = serve(users.get(0))) {
            for (int i = 0; i < count; i++) {
                processes.add(new StormProcess(
                        storm, "w" + i, users.get(i % users.size()), seed, operations / count, killEvery));
            }
            List<StormProcess> running = new ArrayList<>(processes);
            while (!running.isEmpty()) {
                awaitNews(running);
                List<StormProcess> over = new ArrayList<>();
                for (StormProcess process : running) {
                    if (!process.goOn()) {
                        over.add(process);
                    }
                }
                running.removeAll(over);
            }
            server.terminate();
            assertThat(server.finish().output()).doesNotContain("internal error", "Exception", "\tat ");
        } finally {
            processes.forEach(StormProcess::close);
        }
    }

    private Crash serve(List<String> under) throws IOException {
        Crash server = Crash.start(
                under,
                Main.class,
                storm.repository(StormFolder.FIRST),
                JVM,
                "serve",
                "--port",
                "0",
                "--accept-pushes",
                "--token-file",
                storm.token().toString());
        server.awaitOutput("hint: ");
        Matcher line = ADDRESS.matcher(server.output());
        assertThat(line.find()).isTrue();
        Files.writeString(storm.address(), line.group(1));
        return server;
    }

    /** Waits until a command begins or ends, or a process does; if nothing ever does, says where all of them stand. */
    private static void awaitNews(List<StormProcess> running) throws Exception {
        try {
            Await.until("any process goes on", () -> {
                boolean any = false;
                for (StormProcess process : running) {
                    any |= process.hasNews();
                }
                return any;
            });
        } catch (AssertionError stuck) {
            var threads = new StringBuilder(String.valueOf(stuck.getMessage()));
            for (StormProcess process : running) {
                threads.append('\n').append(process.threads());
            }
            throw new AssertionError(threads.toString(), stuck);
        }
    }

    String kills() {
        int all = processes.stream().mapToInt(StormProcess::kills).sum();
        int holding =
                processes.stream().mapToInt(StormProcess::killsWithTheLock).sum();
        return all + " processes killed, " + holding + " of them while they held the lock";
    }

    int killsWithTheLock() {
        return processes.stream().mapToInt(StormProcess::killsWithTheLock).sum();
    }
}
