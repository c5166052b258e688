package dev.mgit.hooks.serving;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.NumberTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
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
        Map<Integer, Map<Integer, Double>> latencies = new TreeMap<>();
        try {
            NumberTable.parse(csv, "threads", "batch", "seconds").rows().forEach(row -> add(latencies, row));
        } catch (IllegalArgumentException e) {
            throw bad(where, String.valueOf(e.getMessage()));
        }
        if (latencies.isEmpty()) {
            throw bad(where, "it has no latencies");
        }
        return new LatencyProfile(latencies);
    }

    private static void add(Map<Integer, Map<Integer, Double>> latencies, NumberTable.Row row) {
        long threads = row.whole("threads");
        long batch = row.whole("batch");
        double seconds = row.real("seconds");
        if (threads < 1 || batch < 1 || threads > MOST || batch > MOST) {
            throw new IllegalArgumentException(row.where() + ": threads and batch must be 1 to " + MOST);
        }
        if (!(seconds > 0 && seconds < LONGEST)) {
            throw new IllegalArgumentException(row.where() + " has a latency of " + seconds + " seconds");
        }
        if (latencies.computeIfAbsent((int) threads, key -> new TreeMap<>()).put((int) batch, seconds) != null) {
            throw new IllegalArgumentException(
                    row.where() + ": " + threads + " threads with a batch of " + batch + " are there twice");
        }
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
