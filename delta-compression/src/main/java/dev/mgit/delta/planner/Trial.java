package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Samples of one child tensor, and the best recipe tried on them so far. */
final class Trial {
    /** A byte range of the child. */
    record Range(long offset, int length) {}

    /** Rows longer than this many elements are not kept in memory whole. */
    static final long MAX_ROW = 1 << 20;

    /** Samples are this share of a tensor, within these bounds. */
    private static final int SAMPLE_SHARE = 32;

    private static final int LEAST_SAMPLE_BYTES = 1 << 13;
    private static final int MOST_SAMPLE_BYTES = 1 << 16;
    private static final int PLACES = 4;
    /** Blocks are about this long; only used to spread fixed costs. */
    private static final int BLOCK_BYTES = 1 << 20;

    private static final int FRAME_BYTES = 10;
    private static final int ID_BYTES = 34;

    /** A prediction has to save this share to be worth a reader's second lookup. */
    private static final double WORTHWHILE = 0.97;

    private final ChildTensor child;
    private final CostEstimator estimator;
    private final Dtype dtype;
    private final long total;
    private final List<Range> ranges = new ArrayList<>();
    private final byte[] raw;
    private final double none;
    private final Optional<QuantizationParameters> quantization;
    private double best;
    private @Nullable Derivation chosen;

    Trial(ChildTensor child, CostEstimator estimator) {
        this.child = child;
        this.estimator = estimator;
        this.dtype = child.spec().dtype();
        this.total = child.spec().byteLength();
        this.quantization = QuantizationParameters.of(child);
        place();
        int sampled = ranges.stream().mapToInt(Range::length).sum();
        raw = new byte[sampled];
        int at = 0;
        for (Range range : ranges) {
            byte[] bytes = readChild(range);
            System.arraycopy(bytes, 0, raw, at, bytes.length);
            at += bytes.length;
        }
        none = scaled(sampled == 0 ? 0 : estimator.cost(raw, sampled, dtype, null)) + blocks() * FRAME_BYTES;
        best = none * WORTHWHILE;
    }

    /** Whole rows where rows are short, spread evenly, from the first to the last. */
    private void place() {
        TensorSpec spec = child.spec();
        int sample = (int) Math.max(LEAST_SAMPLE_BYTES, Math.min(MOST_SAMPLE_BYTES, total / SAMPLE_SHARE));
        if (total <= sample) {
            ranges.add(new Range(0, (int) total));
            return;
        }
        long row = spec.rowBytes();
        int want = sample / PLACES;
        long inner = SampledValues.innermost(spec) / dtype.blockElements() * dtype.blockBytes();
        long unit = row <= want ? row : inner > 0 && inner <= want ? inner : dtype.blockBytes();
        int length = (int) (want / unit * unit);
        for (int i = 0; i < PLACES; i++) {
            long offset = (total - length) / (PLACES - 1) * i / unit * unit;
            ranges.add(new Range(offset, length));
        }
    }

    ChildTensor child() {
        return child;
    }

    TensorSpec spec() {
        return child.spec();
    }

    /** Scales and zero points of the child, if it is quantized and they lie beside it. */
    Optional<QuantizationParameters> quantization() {
        return quantization;
    }

    List<Range> ranges() {
        return ranges;
    }

    /** The sampled bytes, range after range. */
    byte[] raw() {
        return raw;
    }

    /** The sampled elements as numbers. */
    double[] values() {
        return SampledValues.decode(dtype, raw, raw.length / dtype.bytes());
    }

    /** Those of a tensor of as many elements at the same places. */
    double[] values(SourceTensor source) {
        int width = source.spec().dtype().bytes();
        double[] values = new double[raw.length / dtype.bytes()];
        int at = 0;
        for (Range range : ranges) {
            int count = range.length() / dtype.bytes();
            byte[] some = new TensorSpan(source, range.offset() / dtype.bytes() * width, count * width).read();
            System.arraycopy(SampledValues.decode(source.spec().dtype(), some, count), 0, values, at, count);
            at += count;
        }
        return values;
    }

    byte[] readChild(Range range) {
        byte[] bytes = new byte[range.length()];
        if (range.length() > 0) {
            child.read(range.offset(), bytes, range.length());
        }
        return bytes;
    }

    /** The best stored size so far, as a share of the size without prediction. */
    double share() {
        return chosen == null ? 1 : best / none;
    }

    /**
     * Tries a recipe and keeps it if it is the cheapest so far. One that reads several tensors has to be worth it over
     * one that reads a single one: it makes deeper chains.
     */
    void offer(Derivation recipe) {
        double cost = cost(recipe);
        boolean more =
                chosen != null && recipe.sources().size() > chosen.sources().size();
        if (cost < (more ? best * WORTHWHILE : best)) {
            best = cost;
            chosen = recipe;
        }
    }

    /** Bytes of the samples that a recipe predicts as they are. */
    int right(Derivation recipe) {
        int right = 0;
        int at = 0;
        for (Range range : ranges) {
            TensorPrediction predicted =
                    recipe.predicted(range.offset(), range.length()).orElse(null);
            if (predicted != null && predicted.fits(range.length())) {
                byte[] bytes = bytes(predicted, range.length(), new HashMap<>());
                for (int i = 0; i < bytes.length; i++) {
                    right += bytes[i] == raw[at + i] ? 1 : 0;
                }
            }
            at += range.length();
        }
        return right;
    }

    Optional<TensorPlan> result() {
        return chosen == null ? Optional.empty() : Optional.of(new TensorPlan(chosen, share()));
    }

    private double cost(Derivation recipe) {
        Map<TensorSpan, byte[]> read = new HashMap<>();
        byte[] prediction = new byte[raw.length];
        boolean any = false;
        double fixed = 0;
        double growing = 0;
        int at = 0;
        for (Range range : ranges) {
            TensorPrediction predicted =
                    recipe.predicted(range.offset(), range.length()).orElse(null);
            if (predicted != null && predicted.fits(range.length())) {
                byte[] bytes = bytes(predicted, range.length(), read);
                System.arraycopy(bytes, 0, prediction, at, bytes.length);
                growing += recipe.parametersGrow() ? predicted.parameters().length : 0;
                fixed = Math.max(fixed, fixed(recipe, predicted));
                any = true;
            }
            at += range.length();
        }
        if (!any) {
            return Double.POSITIVE_INFINITY;
        }
        if (!recipe.parametersGrow()) {
            int length = blockLength();
            fixed = recipe.predicted(0, length)
                    .filter(block -> block.fits(length))
                    .map(block -> fixed(recipe, block))
                    .orElse(fixed);
        }
        double coded = estimator.cost(raw, raw.length, dtype, prediction);
        return scaled(coded + growing) + blocks() * (FRAME_BYTES + fixed);
    }

    /** What naming a prediction takes, whatever the length of its range. */
    private static double fixed(Derivation recipe, TensorPrediction predicted) {
        return ids(predicted) * ID_BYTES + (recipe.parametersGrow() ? 0.0 : predicted.parameters().length);
    }

    /** Bytes of a block of whole rows, or elements. */
    private int blockLength() {
        long row = child.spec().rowBytes();
        long unit = row > 0 && row <= BLOCK_BYTES ? row : dtype.blockBytes();
        return (int) Math.min(total, BLOCK_BYTES / unit * unit);
    }

    /** Block ids a full block's prediction would name. */
    private static int ids(TensorPrediction predicted) {
        int ids = 0;
        for (TensorSpan span : predicted.spans()) {
            ids += 1 + span.length() / BLOCK_BYTES;
        }
        return ids;
    }

    /** @param read spans of the recipe's last prediction: the next often has the same */
    private byte[] bytes(TensorPrediction predicted, int length, Map<TensorSpan, byte[]> read) {
        if (!predicted.isNarrow()) {
            return predicted.bytes(dtype, length);
        }
        read.keySet().retainAll(predicted.spans());
        List<byte[]> inputs = new ArrayList<>();
        for (TensorSpan span : predicted.spans()) {
            inputs.add(read.computeIfAbsent(span, TensorSpan::read));
        }
        return predicted.bytes(inputs, dtype, length);
    }

    private double scaled(double sampleCost) {
        return raw.length == 0 ? 0 : sampleCost * total / raw.length;
    }

    private long blocks() {
        return 1L + Math.floorDiv(total, BLOCK_BYTES);
    }
}
