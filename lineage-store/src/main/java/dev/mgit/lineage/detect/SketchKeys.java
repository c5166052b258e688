package dev.mgit.lineage.detect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The 32-bit keys a sketch is found by. Of each weight there is the {@link #digest}, which only unchanged tensors share,
 * and {@value #TABLES} keys of {@value #BITS} signs of random projections (Charikar, "Similarity Estimation Techniques
 * from Rounding Algorithms", 2002): two tensors at an angle θ share one with probability (1 − θ/π)^{@value #BITS}, 0.9
 * for a usual fine-tune, 0.2 for a half pruned tensor and 2^-{@value #BITS} for unrelated ones. Names and places of
 * tensors do not count. A model with many weights keeps the keys of least hash, so that relatives keep the same. Two keys
 * more stand for the whole: one that only identical models share, and one for the base that an adapter names.
 */
final class SketchKeys {
    private static final int TABLES = 2;
    private static final int BITS = 16;
    private static final int MAX_OF_A_KIND = 128;

    /** Samples with fewer different values than this are masks, constants or empty, and say nothing. */
    private static final int LEAST_DISTINCT = 12;

    /** How many deviations a value may count: a few outliers must not decide every projection. */
    private static final double CLIP = 3;

    private SketchKeys() {}

    /** The key that adapters of a base are found by, by the name their files call it. */
    static int adapterOf(String base) {
        return (int) SamplePositions.mix(("adapter of " + MetadataEvidence.plainName(base)).hashCode());
    }

    /** The same for all models that hold the same, and for no others. */
    private static Optional<Integer> content(List<TensorSketch> tensors) {
        return ModelSketch.contents(tensors).stream().reduce(Long::sum).map(sum ->
                (int) SamplePositions.mix(SamplePositions.mix(sum)));
    }

    static int[] of(List<TensorSketch> tensors, MetadataClaims claims) {
        List<Integer> digests = new ArrayList<>();
        List<Integer> projections = new ArrayList<>();
        for (TensorSketch tensor : tensors) {
            if (tensor.isWeight() && distinct(tensor.values()) >= LEAST_DISTINCT) {
                digests.add(Long.hashCode(tensor.digest()));
                double[] canonical = canonical(tensor);
                for (int table = 0; table < TABLES; table++) {
                    projections.add(projection(canonical, table, Math.min(tensor.rows(), tensor.columns())));
                }
            }
        }
        Stream<Integer> whole = Stream.concat(
                content(tensors).stream(),
                claims.adapter() ? claims.bases().stream().map(SketchKeys::adapterOf) : Stream.empty());
        return Stream.of(least(digests), least(projections), whole)
                .flatMap(kind -> kind)
                .mapToInt(Integer::intValue)
                .sorted()
                .distinct()
                .toArray();
    }

    private static Stream<Integer> least(List<Integer> keys) {
        return keys.stream().distinct().sorted().limit(MAX_OF_A_KIND);
    }

    private static int distinct(float[] values) {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        int distinct = 0;
        for (int i = 0; i < sorted.length; i++) {
            distinct += i == 0 || Float.compare(sorted[i], sorted[i - 1]) != 0 ? 1 : 0;
        }
        return distinct;
    }

    /** The samples, the shorter axis first; of a square matrix the sum of both orientations. Centred and clipped. */
    private static double[] canonical(TensorSketch tensor) {
        int rows = tensor.sampleRows();
        int columns = tensor.sampleColumns();
        double[] values = new double[tensor.values().length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                int at = tensor.rows() <= tensor.columns() ? i * columns + j : j * rows + i;
                values[at] = tensor.value(i, j) + (tensor.isSquare() ? tensor.value(j, i) : 0);
            }
        }
        double mean = Arrays.stream(values).filter(Double::isFinite).average().orElse(0);
        double deviation = Math.sqrt(Arrays.stream(values)
                .filter(Double::isFinite)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(0));
        double most = CLIP * deviation;
        for (int i = 0; i < values.length; i++) {
            values[i] = Double.isFinite(values[i]) ? Math.max(-most, Math.min(most, values[i] - mean)) : 0;
        }
        return values;
    }

    private static int projection(double[] values, int table, long width) {
        double[] sums = new double[BITS];
        for (int i = 0; i < values.length; i++) {
            long signs = SamplePositions.mix((long) table << 32 | i);
            for (int bit = 0; bit < BITS; bit++) {
                sums[bit] += (signs >>> bit & 1) == 0 ? values[i] : -values[i];
            }
        }
        long bits = 0;
        for (double sum : sums) {
            bits = bits << 1 | (sum > 0 ? 1 : 0);
        }
        return (int) SamplePositions.mix(SamplePositions.mix(width) + ((long) table << BITS | bits));
    }

    /** See {@link TensorSketch#digest}. */
    static long digest(long rows, long columns, long depth, int sampleRows, int sampleColumns, float[] values) {
        if (values.length == 0) {
            return 0;
        }
        long straight = 0;
        long turned = 0;
        for (int i = 0; i < sampleRows; i++) {
            for (int j = 0; j < sampleColumns; j++) {
                float value = values[i * sampleColumns + j];
                long bits = Float.floatToIntBits(value == 0 ? 0 : value);
                straight += SamplePositions.mix(bits << 20 ^ (i << 10 | j));
                turned += SamplePositions.mix(bits << 20 ^ (j << 10 | i));
            }
        }
        long values64 = rows == columns ? Math.min(straight, turned) : rows < columns ? straight : turned;
        long digest =
                SamplePositions.mix(values64 + SamplePositions.mix(Math.min(rows, columns)) + Math.max(rows, columns));
        digest = depth == 1 ? digest : SamplePositions.mix(digest + depth);
        return digest == 0 ? 1 : digest;
    }
}
