package dev.mgit.lineage.diff.measure;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.numeric.Elements;
import dev.mgit.lineage.tensors.AffineQuantization;
import dev.mgit.lineage.tensors.AxisPermutation;
import dev.mgit.lineage.tensors.CheckpointTensor;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Streams pairs of tensors and measures how far apart they are. A pair is cut into runs of whole rows of about 1 MB;
 * each thread holds one run of each side, of a rearranged tensor as the other side has it. Results do not depend on the
 * number of threads.
 */
public final class TensorComparison {
    private static final int CHUNK_BYTES = 1 << 20;

    /** Elements widened at a time: four arrays of this stay in the second-level cache. */
    static final int BATCH = 4096;

    /** Elements of a rearranged tensor held widened at a time: each thread then holds 4 MB. */
    private static final int ARRANGED = 1 << 19;

    /** Elements from which an unknown zero point is estimated. */
    private static final int ESTIMATE = 1 << 14;

    private TensorComparison() {}

    /** Told the bytes of both sides that are dealt with, from several threads. */
    @FunctionalInterface
    public interface Listener {
        void advance(long bytes);
    }

    /**
     * How many leading elements of two tensors stand for each other: all where shapes are equal or one is a view of the
     * other, the rows both have where only the number of rows differs.
     *
     * @return empty if nothing can be compared
     */
    public static Optional<Long> comparable(CheckpointTensor a, CheckpointTensor b) {
        if (!a.hasNumbers() || !b.hasNumbers() || a.elements() == 0 || b.elements() == 0) {
            return Optional.empty();
        }
        List<Long> left = a.shape();
        List<Long> right = b.shape();
        if (a.elements() == b.elements()) {
            return Optional.of(a.elements());
        }
        boolean rowsDiffer = !left.isEmpty()
                && left.size() == right.size()
                && left.subList(1, left.size()).equals(right.subList(1, right.size()));
        return rowsDiffer ? Optional.of(Math.min(a.elements(), b.elements())) : Optional.empty();
    }

    /** Two tensors to compare and what is known of them so far. */
    private static final class Pair {
        final CheckpointTensor a;
        final CheckpointTensor b;
        final Optional<AxisPermutation> arrangement;
        final long elements;
        final int perChunk;
        private @Nullable TensorStatistics[] parts;
        final AtomicInteger left;
        private @Nullable RankSketch sketch;
        private @Nullable TensorStatistics result;
        private boolean prepared;
        private Optional<AffineQuantization> scalingA = Optional.empty();
        private Optional<AffineQuantization> scalingB = Optional.empty();

        Pair(Matched matched) {
            this.a = matched.a();
            this.b = matched.b();
            this.arrangement = matched.arrangement();
            this.elements = comparable(a, b).orElse(0L);
            int widest = Math.max(a.spec().dtype().bytes(), b.spec().dtype().bytes());
            long row = Math.max(
                    1, a.isMatrix() ? a.elements() / Math.max(1, a.shape().get(0)) : 1);
            long fitting = arrangement.isPresent() ? ARRANGED : CHUNK_BYTES / widest;
            this.perChunk = (int) (row > fitting ? fitting : fitting / row * row);
            this.parts = new TensorStatistics[Math.toIntExact((elements + perChunk - 1) / perChunk)];
            this.left = new AtomicInteger(parts.length);
        }

        synchronized @Nullable RankSketch sketch() {
            if (sketch == null && a.isMatrix() && left.get() > 0) {
                long columns = a.elements() / a.shape().get(0);
                sketch = RankSketch.of(elements / columns, columns).orElse(null);
            }
            return sketch;
        }

        /** Finds how integers of either side are multiplied out, unless both sides are plain integers. */
        synchronized void prepare() throws IOException {
            if (!prepared) {
                prepared = true;
                scalingA = estimated(a, b, arrangement);
                scalingB = estimated(b, a, arrangement.map(AxisPermutation::inverse));
            }
        }

        void finishPart() {
            if (left.decrementAndGet() == 0) {
                TensorStatistics sum = TensorStatistics.NONE;
                for (TensorStatistics part : parts) {
                    sum = sum.plus(Objects.requireNonNull(part));
                }
                RankSketch seen = sketch;
                Optional<UpdateRank> rank = seen == null || sum.squaresDelta() == 0 ? Optional.empty() : seen.rank();
                result = sum.withRank(rank);
                sketch = null;
            }
        }
    }

    /** Compares one pair. */
    public static TensorStatistics of(CheckpointTensor a, CheckpointTensor b) throws IOException {
        return of(List.of(new Matched(a, b, Optional.empty())), 1, true, done -> {})
                .get(0);
    }

    /**
     * Two tensors that stand for each other.
     *
     * @param arrangement of the axes of the second, if they are in another order; elements are counted as the first has
     *     them
     */
    public record Matched(CheckpointTensor a, CheckpointTensor b, Optional<AxisPermutation> arrangement) {}

    /**
     * Compares pairs.
     *
     * @param ranks whether to estimate the rank of matrices' updates
     * @return one result a pair, of no elements where {@link #comparable} says nothing can be compared
     */
    public static List<TensorStatistics> of(List<Matched> matched, int threads, boolean ranks, Listener listener)
            throws IOException {
        List<Pair> pairs = matched.stream().map(Pair::new).toList();
        int[] firstTask = new int[pairs.size() + 1];
        for (int i = 0; i < pairs.size(); i++) {
            firstTask[i + 1] = Math.addExact(firstTask[i], pairs.get(i).parts.length);
        }
        TaskPool.forEach(threads, firstTask[pairs.size()], task -> {
            int index = pairOf(firstTask, task);
            chunk(pairs.get(index), task - firstTask[index], ranks, listener);
        });
        return pairs.stream()
                .map(pair -> pair.result == null ? TensorStatistics.NONE : pair.result)
                .toList();
    }

    private static int pairOf(int[] firstTask, int task) {
        int low = 0;
        int high = firstTask.length - 2;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstTask[middle] <= task) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static void chunk(Pair pair, int number, boolean ranks, Listener listener) throws IOException {
        pair.prepare();
        long first = (long) number * pair.perChunk;
        int count = (int) Math.min(pair.perChunk, pair.elements - first);
        Run left = run(pair.a, pair.scalingA, first, count);
        Run right =
                pair.arrangement.isPresent() ? arranged(pair, first, count) : run(pair.b, pair.scalingB, first, count);
        Tally tally = new Tally(pair.a.spec().dtype(), pair.b.spec().dtype());
        RankSketch sketch = ranks ? pair.sketch() : null;
        double[] a = new double[Math.min(count, BATCH)];
        double[] b = new double[Math.min(count, BATCH)];
        for (int at = 0; at < count; at += BATCH) {
            int batch = Math.min(BATCH, count - at);
            left.read(at, a, batch);
            right.read(at, b, batch);
            tally.add(a, b, batch);
            if (sketch != null && tally.differsInBatch()) {
                sketch.add(first + at, tally.deltas(), batch);
            }
        }
        pair.parts[number] = tally.statistics();
        listener.advance((long) count
                * (pair.a.spec().dtype().bytes() + pair.b.spec().dtype().bytes()));
        pair.finishPart();
    }

    /** Elements that are in memory. */
    private interface Run {
        /** Widens the elements from position {@code at} on. */
        void read(int at, double[] values, int count);
    }

    private static Run run(CheckpointTensor weight, Optional<AffineQuantization> scaling, long first, int count)
            throws IOException {
        byte[] bytes = bytes(weight, first, count);
        return (at, values, batch) -> TensorComparison.read(weight, scaling, bytes, first, at, values, batch);
    }

    private static Run arranged(Pair pair, long first, int count) throws IOException {
        double[] all = PermutedReader.read(pair.b, pair.scalingB, pair.arrangement.orElseThrow(), first, count);
        return (at, values, batch) -> System.arraycopy(all, at, values, 0, batch);
    }

    private static byte[] bytes(CheckpointTensor weight, long first, int count) throws IOException {
        int width = weight.spec().dtype().bytes();
        byte[] bytes = new byte[count * width];
        weight.bytes().read(first * width, bytes, 0, bytes.length);
        return bytes;
    }

    public static void read(
            CheckpointTensor weight,
            Optional<AffineQuantization> scaling,
            byte[] bytes,
            long first,
            int at,
            double[] values,
            int count) {
        Elements.read(weight.spec().dtype(), bytes, at, values, count);
        scaling.ifPresent(known -> known.apply(first + at, values, count));
    }

    private static Optional<AffineQuantization> estimated(
            CheckpointTensor quantized, CheckpointTensor other, Optional<AxisPermutation> arrangement)
            throws IOException {
        if (quantized.scaling().isEmpty()
                || (other.scaling().isEmpty() && !other.spec().dtype().isFloat())) {
            return Optional.empty();
        }
        AffineQuantization scaling = quantized.scaling().get();
        if (scaling.hasZeroPoint() || !other.spec().dtype().isFloat()) {
            return Optional.of(scaling);
        }
        int count = (int) Math.min(ESTIMATE, Math.min(quantized.elements(), other.elements()));
        double[] integers = new double[count];
        double[] floats = new double[count];
        run(quantized, Optional.empty(), 0, count).read(0, integers, count);
        if (arrangement.isPresent()) {
            floats = PermutedReader.read(other, Optional.empty(), arrangement.get(), 0, count);
        } else {
            run(other, Optional.empty(), 0, count).read(0, floats, count);
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += integers[i] - floats[i] / scaling.scale(i);
        }
        return Optional.of(scaling.withZeroPoint(Double.isFinite(sum) ? Math.rint(sum / count) : 0));
    }

    /** What rounding to a float dtype does at most: half a unit in the last place, and its smallest subnormal. */
    static double[] roundingOf(Dtype dtype) {
        int bias = (1 << (dtype.exponentBits() - 1)) - 1;
        return new double[] {
            Math.scalb(1.0, -dtype.mantissaBits() - 1), Math.scalb(0.5, 1 - bias - dtype.mantissaBits())
        };
    }
}
