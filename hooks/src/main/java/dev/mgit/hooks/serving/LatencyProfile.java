package dev.mgit.hooks.serving;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measured latencies of one instance of a model.
 *
 * @param latencies seconds of one batch, by intra-op threads, then by size of the batch
 */
public record LatencyProfile(Map<Integer, Map<Integer, Double>> latencies) {
    /** More of either make no plan in reasonable time; the paper solves 16 threads and batches of 1024. */
    public static final int MOST = 4096;

    private static final long MOST_BYTES = 4 << 20;
    private static final double LONGEST = 1e6;

    public LatencyProfile {
        var ordered = new TreeMap<Integer, Map<Integer, Double>>();
        latencies.forEach((threads, byBatch) -> ordered.put(threads, new TreeMap<>(byBatch)));
        latencies = ordered;
    }

    /** @throws MgitException naming the line that cannot be */
    public static LatencyProfile read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw MgitException.usage("'" + file + "' does not exist or is no file");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw MgitException.failed("'" + file + "' is larger than " + (MOST_BYTES >> 20) + " MiB");
        }
        return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), "'" + file + "'");
    }

    /**
     * CSV with the heading {@code threads,batch,seconds}.
     *
     * @param where what it was read from, for messages
     */
    public static LatencyProfile parse(String csv, String where) {
        List<String> lines = csv.strip().lines().toList();
        if (lines.isEmpty() || !cells(lines.get(0)).equals(List.of("threads", "batch", "seconds"))) {
            throw bad(where, "does not begin with the heading threads,batch,seconds");
        }
        Map<Integer, Map<Integer, Double>> latencies = new TreeMap<>();
        for (int i = 1; i < lines.size(); i++) {
            String line = "line " + (i + 1);
            List<String> cells = cells(lines.get(i));
            try {
                int threads = Integer.parseInt(cells.get(0));
                int batch = Integer.parseInt(cells.get(1));
                double seconds = Double.parseDouble(cells.get(2));
                if (cells.size() != 3 || threads < 1 || batch < 1 || threads > MOST || batch > MOST) {
                    throw bad(where, line + ": threads and batch must be 1 to " + MOST);
                }
                if (!(seconds > 0 && seconds < LONGEST)) {
                    throw bad(where, line + ": a latency of " + cells.get(2) + " seconds");
                }
                Double before = latencies
                        .computeIfAbsent(threads, key -> new TreeMap<>())
                        .put(batch, seconds);
                if (before != null) {
                    throw bad(where, line + ": " + threads + " threads with a batch of " + batch + " are there twice");
                }
            } catch (NumberFormatException | IndexOutOfBoundsException e) {
                throw bad(where, line + " is not three numbers");
            }
        }
        if (latencies.isEmpty()) {
            throw bad(where, "has no latencies");
        }
        return new LatencyProfile(latencies);
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
    }

    private static MgitException bad(String where, String what) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "cannot read the profile " + where + ": " + what,
                "write CSV with the heading threads,batch,seconds, or let --measure make it");
    }

    /** The same figures give the same hash, however they are written. */
    public String sha256() {
        return HexFormat.of().formatHex(Hashes.sha256().digest(csv().getBytes(StandardCharsets.UTF_8)));
    }

    public String csv() {
        var csv = new StringBuilder("threads,batch,seconds\n");
        latencies.forEach((threads, byBatch) -> byBatch.forEach((batch, seconds) -> csv.append(threads)
                .append(',')
                .append(batch)
                .append(',')
                .append(seconds)
                .append('\n')));
        return csv.toString();
    }
}
