package dev.mgit.bench.detect;

import dev.mgit.fixtures.LabelledSet;
import dev.mgit.fixtures.LabelledSet.Member;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Grows one index and measures what a search in it takes. */
final class DetectScale {
    /** Models whose weights are made and sampled; those beyond are made as sketches. */
    static final int SAMPLED = 1000;

    private static final int SEARCHES = 50;
    /** Models at the end of each size that are added one by one, as commits do. */
    private static final int MEASURED = 50;

    private static final int BATCH = 500;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final SketchLibrary library;
    private final Path folder;
    private final List<ModelSketch> asked = new ArrayList<>();
    private final List<ModelSketch> sampled = new ArrayList<>();
    private int size;
    private long seed = 77;

    DetectScale(Path folder) {
        this.folder = folder;
        this.library = new SketchLibrary(folder);
    }

    /**
     * What was measured at one size.
     *
     * @param searchNanos median time of finding and ranking candidates in the index
     * @param compareNanos median time of a whole search, candidates read and compared
     * @param processorNanos median processor time of a whole search, which other programs do not lengthen
     * @param insertNanos mean time of adding one of the last models, synced to disk
     * @param bytes of the whole index
     */
    record Row(
            long searchNanos, long worstNanos, long compareNanos, long processorNanos, long insertNanos, long bytes) {}

    Row growTo(int target) throws IOException {
        Map<VersionId, ModelSketch> batch = new LinkedHashMap<>();
        long inserting = 0;
        while (size < target) {
            ModelSketch sketch = next();
            if (asked.size() < SEARCHES) {
                asked.add(sketch);
            }
            batch.put(library.freshId(), sketch);
            size++;
            boolean last = target - size < MEASURED;
            if (last || batch.size() == BATCH) {
                long start = System.nanoTime();
                library.index().add(batch);
                inserting += last ? System.nanoTime() - start : 0;
                batch.clear();
            }
        }
        long[] search = new long[SEARCHES];
        long[] whole = new long[SEARCHES];
        long[] processor = new long[SEARCHES];
        for (int i = 0; i < SEARCHES; i++) {
            long start = System.nanoTime();
            long startProcessor = THREADS.getCurrentThreadCpuTime();
            library.near(asked.get(i), 24);
            search[i] = System.nanoTime() - start;
            library.originOf(asked.get(i));
            whole[i] = System.nanoTime() - start;
            processor[i] = THREADS.getCurrentThreadCpuTime() - startProcessor;
        }
        Arrays.sort(search);
        Arrays.sort(whole);
        Arrays.sort(processor);
        int median = SEARCHES / 2;
        return new Row(
                search[median], whole[SEARCHES - 1], whole[median], processor[median], inserting / MEASURED, bytes());
    }

    private ModelSketch next() throws IOException {
        if (size >= SAMPLED) {
            return StrangeSketch.like(sampled.get(size % SAMPLED), size / SAMPLED);
        }
        if (size == sampled.size()) {
            for (Member member : LabelledSet.made(1, seed++).get(0).members()) {
                sampled.add(SketchLibrary.sketch(member.model()));
            }
        }
        return sampled.get(size);
    }

    private long bytes() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
            }
        }
        return bytes;
    }
}
