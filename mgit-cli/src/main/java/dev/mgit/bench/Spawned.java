package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs programs and measures what they take, from what Linux tells of processes below {@code /proc}: processor time
 * exactly, of the program and all it waited for; peak memory of the largest process, by looking every few milliseconds
 * at the high-water mark the kernel keeps.
 */
final class Spawned {
    private static final long LOOK_MILLIS = 10;
    /** One look in how many is also for new descendants: to find them takes reading all of {@code /proc}. */
    private static final int FAMILY_LOOKS = 25;

    private static final double TICKS_PER_SECOND = 100;
    private static final int CHILDREN_USER = 15;
    private static final int CHILDREN_SYSTEM = 16;

    private Spawned() {}

    /**
     * What a program took.
     *
     * @param seconds of wall clock
     * @param processor seconds of user and system time; NaN where the platform does not tell
     * @param peakBytes resident set of the largest process; 0 where the platform does not tell
     * @param output what it printed, both streams
     */
    record Usage(int exit, double seconds, double processor, long peakBytes, String output) {
        String lastLine() {
            String[] lines = output.strip().split("\n");
            return lines[lines.length - 1];
        }

        /** @throws MgitException of kind FAILED if the program did not end well */
        Usage orFail(String what) {
            if (exit != 0) {
                throw MgitException.failed("'" + what + "' ended with " + exit + ": " + output.strip());
            }
            return this;
        }
    }

    /** A command line of mgit's, started as its users start it. */
    static List<String> mgit(String... arguments) {
        List<String> command = new ArrayList<>(ChildProcess.mgit());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs a program in a folder to its end. */
    static Usage run(Path folder, List<String> command) throws IOException {
        Path output = Files.createTempFile("mgit-bench", ".out");
        try {
            double before = childrenSeconds();
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            List<Long> family = List.of(process.pid());
            long peak = 0;
            for (int look = 1; !process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS); look++) {
                if (look % FAMILY_LOOKS == 0) {
                    family = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                            .map(ProcessHandle::pid)
                            .toList();
                }
                peak = Math.max(
                        peak, family.stream().mapToLong(Spawned::peak).max().orElse(0));
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return new Usage(process.exitValue(), seconds, childrenSeconds() - before, peak, text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        } finally {
            Files.deleteIfExists(output);
        }
    }

    static long peak(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0; // it has ended, or this is no Linux
        }
    }

    /** Processor time of all children that ended, from fields 16 and 17 of proc_pid_stat(5). */
    private static double childrenSeconds() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')')).split(" ");
            // what stands before the closing bracket are the first two fields
            long ticks = Long.parseLong(fields[CHILDREN_USER - 1]) + Long.parseLong(fields[CHILDREN_SYSTEM - 1]);
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
