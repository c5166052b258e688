package dev.mgit.hooks.executor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Ends everything a job started: its session, its descendants, and what has detached itself from both. */
final class ProcessTree {
    /** Names a job's processes in their environment. */
    static final String TOKEN = "MGIT_JOB";

    private ProcessTree() {}

    /** True if the process exists and runs this script: process ids are used again. */
    static boolean runs(long pid, Path script) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().arguments())
                .filter(arguments ->
                        List.of(arguments).contains(script.toAbsolutePath().toString()))
                .isPresent();
    }

    /** Kills the session a job's script leads, if it still does, and every process that carries its token. */
    static void kill(Optional<Long> leader, Path folder) {
        Path script = new JobFolder(folder).script();
        List<ProcessHandle> victims = new ArrayList<>();
        if (leader.isPresent() && runs(leader.get(), script)) {
            ProcessHandle.of(leader.get()).ifPresent(process -> {
                victims.add(process);
                process.descendants().forEach(victims::add);
            });
            killGroup(leader.get());
        }
        victims.addAll(carrying(folder));
        victims.forEach(ProcessHandle::destroyForcibly);
    }

    private static void killGroup(long leader) {
        try {
            Process kill = new ProcessBuilder("kill", "-KILL", "--", "-" + leader)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!kill.waitFor(5, TimeUnit.SECONDS)) {
                kill.destroyForcibly();
            }
        } catch (IOException e) {
            // No kill program: the descendants found one by one have to do.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Processes with this job's token in their environment, where the system shows environments (Linux). */
    private static List<ProcessHandle> carrying(Path folder) {
        byte[] token = token(folder).getBytes(StandardCharsets.UTF_8);
        List<ProcessHandle> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (contains(environment(process), token)) {
                    ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
                            .ifPresent(found::add);
                }
            }
        } catch (IOException e) {
            return found;
        }
        return found;
    }

    static String token(Path folder) {
        return TOKEN + "=" + folder.toAbsolutePath();
    }

    private static byte[] environment(Path process) {
        try {
            return Files.readAllBytes(process.resolve("environ"));
        } catch (IOException e) {
            // Ended meanwhile, or another user's.
            return new byte[0];
        }
    }

    /** Environment entries end with a zero byte, so a longer path is no match. */
    private static boolean contains(byte[] environment, byte[] entry) {
        for (String line : new String(environment, StandardCharsets.ISO_8859_1).split("\0")) {
            if (line.equals(new String(entry, StandardCharsets.ISO_8859_1))) {
                return true;
            }
        }
        return false;
    }
}
