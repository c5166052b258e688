package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Runs the same work on different numbers of cores, in turns, so that what else the machine does falls on all alike. */
final class ScalingTrials {
    /** A tool's way in or out on so many cores. */
    record Case(String tool, boolean in, int cores) {}

    private final ModelPair pair;
    private final MachineCard machine;
    private final List<Integer> cores;
    private final Path scratch;
    private final boolean hasPeer;
    private final Map<String, PreparedRepository> repositories = new LinkedHashMap<>();
    private final Map<Case, List<Usage>> usages = new LinkedHashMap<>();
    private final Map<String, Long> stored = new LinkedHashMap<>();
    private final Map<Case, FlightRecording> recordings = new LinkedHashMap<>();

    ScalingTrials(ModelPair pair, MachineCard machine, List<Integer> cores, List<Effort> efforts, Path scratch)
            throws IOException {
        this.pair = pair;
        this.machine = machine;
        this.cores = cores;
        this.scratch = scratch;
        this.hasPeer = isHere("zstd");
        if (!isHere("taskset")) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there is no taskset here to pin processes to cores",
                    "install it (Debian: apt-get install util-linux)");
        }
        for (Effort effort : efforts) {
            String name = effort.name().toLowerCase(Locale.ROOT);
            Path folder = Files.createDirectory(scratch.resolve(name));
            repositories.put(
                    "mgit " + name, new PreparedRepository(folder, pair.parent().orElseThrow(), name));
        }
    }

    private boolean isHere(String program) throws IOException {
        return Spawned.run(scratch, List.of("sh", "-c", "command -v " + program))
                        .exit()
                == 0;
    }

    List<Integer> cores() {
        return cores;
    }

    List<String> tools() {
        return usages.keySet().stream().map(Case::tool).distinct().toList();
    }

    List<Usage> usages(Case which) {
        return usages.getOrDefault(which, List.of());
    }

    Map<Case, FlightRecording> recordings() {
        return recordings;
    }

    double ratio(String tool) throws IOException {
        return (double) inputBytes() / stored.getOrDefault(tool, inputBytes());
    }

    long inputBytes() throws IOException {
        return Files.size(pair.child());
    }

    void run(int runs) throws IOException {
        for (int run = 0; run < runs; run++) {
            for (int count : cores) {
                for (String tool : repositories.keySet()) {
                    mgit(tool, count, false);
                }
                if (hasPeer) {
                    zstd(count);
                }
            }
        }
        for (int count : cores) {
            for (String tool : repositories.keySet()) {
                mgit(tool, count, true);
            }
        }
    }

    private void mgit(String tool, int count, boolean recorded) throws IOException {
        PreparedRepository prepared = Objects.requireNonNull(repositories.get(tool));
        Path repository = prepared.fresh();
        Path out = scratch.resolve("out");
        Trees.delete(out);
        String child = pair.child().toString();
        measure(
                new Case(tool, true, count),
                repository,
                Spawned.mgit("commit", child, "--model", "child", "--from", "parent"),
                recorded);
        stored.put(tool, Contents.bytesBelow(repository) - prepared.bytes());
        measure(new Case(tool, false, count), repository, Spawned.mgit("checkout", "child", out.toString()), recorded);
        Contents.requireSame(
                tool, pair.child(), out.resolve(String.valueOf(pair.child().getFileName())));
    }

    private void zstd(int count) throws IOException {
        String tool = "zstd -3 -T";
        Path packed = scratch.resolve("packed.zst");
        Path out = scratch.resolve("unpacked");
        String child = pair.child().toString();
        measure(
                new Case(tool, true, count),
                scratch,
                List.of("zstd", "-q", "-f", "-3", "-T" + count, child, "-o", packed.toString()),
                false);
        stored.put(tool, Files.size(packed));
        measure(
                new Case(tool, false, count),
                scratch,
                List.of("zstd", "-q", "-f", "-d", packed.toString(), "-o", out.toString()),
                false);
        Contents.requireSame(tool, pair.child(), out);
        Files.delete(packed);
        Files.delete(out);
    }

    private void measure(Case which, Path folder, List<String> command, boolean recorded) throws IOException {
        Path recording = scratch.resolve("recording.jfr");
        List<String> pinned = new ArrayList<>();
        if (recorded) {
            String option = FlightRecording.option(scratch.resolve("settings.jfc"), recording);
            pinned.addAll(List.of("env", "JAVA_TOOL_OPTIONS=" + option));
        }
        pinned.addAll(List.of("taskset", "-c", processors(which.cores())));
        pinned.addAll(command);
        Usage usage = Spawned.run(folder, pinned).orFail(String.join(" ", command.subList(0, 1)));
        if (recorded) {
            recordings.put(which, FlightRecording.read(recording));
            Files.delete(recording);
        } else {
            usages.computeIfAbsent(which, key -> new ArrayList<>()).add(usage);
        }
    }

    private String processors(int count) {
        return machine.processors().stream().limit(count).map(String::valueOf).collect(Collectors.joining(","));
    }
}
