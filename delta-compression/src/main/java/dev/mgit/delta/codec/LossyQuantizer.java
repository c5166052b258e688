package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Floats;
import java.util.Arrays;
import java.util.Optional;

/**
 * Replaces a block by one that is cheaper to store and nowhere further from it than a bound: the prediction plus whole
 * steps, with the step of MGit (arXiv:2307.07507), 2·ln(1 + ε), made a little smaller so that rounding to the dtype stays
 * within the bound. Elements that do not keep it are kept as they were. Not safe for use by several threads.
 */
public final class LossyQuantizer {
    /** Room for rounding, as shares of the step: fp32 weights round by less than a 4096th of any useful step. */
    private static final double[] MARGINS = {0x1p-12, 0x1p-5, 0x1p-3, 0x1p-2, 0x1p-1};

    /** A smaller step is tried while more than one element in this many would be kept as it was. */
    private static final int RARE = 64;

    private static final int SAMPLE_RUNS = 64;

    /**
     * A block within the bound.
     *
     * @param raw the bytes, as many as the original's
     * @param kept elements that are the original's because no multiple of the step was within the bound
     */
    @SuppressWarnings("ArrayRecordComponent") // handed from here to the coder, never compared
    public record Reconstruction(byte[] raw, QuantizationStep quantum, int kept) {}

    private final Dtype dtype;
    private final double bound;
    private final int[] quanta = new int[Floats.CHUNK];
    private final double[] wanted = new double[Floats.CHUNK];
    private final double[] made = new double[Floats.CHUNK];

    /**
     * @param dtype one that {@link QuantizationStep#suits}
     * @param bound greatest absolute error of an element, between 0 and 1
     */
    public LossyQuantizer(Dtype dtype, double bound) {
        if (!QuantizationStep.suits(dtype) || !(bound > 0) || !(bound < 1)) {
            throw new IllegalArgumentException(dtype + " within " + bound);
        }
        this.dtype = dtype;
        this.bound = bound;
    }

    /**
     * Quantizes a block.
     *
     * @param original the block's bytes, {@code length} of them from index 0
     * @param predicted what decoding will start from, at least {@code length} bytes
     * @param columns elements of a row, for the coder; 0 if not known
     * @return empty if an element of the original is infinite or no number
     */
    public Optional<Reconstruction> reconstruct(byte[] original, int length, byte[] predicted, int columns) {
        int count = length / dtype.bytes();
        byte[] raw = Arrays.copyOf(original, length);
        double step = chooseStep(original, predicted, count, raw);
        int kept = 0;
        for (int at = 0; at < count; at += Floats.CHUNK) {
            int rejected = quantize(original, predicted, at, Math.min(Floats.CHUNK, count - at), step, raw);
            if (rejected < 0) {
                return Optional.empty();
            }
            kept += rejected;
        }
        return Optional.of(new Reconstruction(raw, new QuantizationStep(step, columns), kept));
    }

    private double chooseStep(byte[] original, byte[] predicted, int count, byte[] scratch) {
        int runs = BlockSampling.runs(SAMPLE_RUNS * BlockSampling.RUN, count);
        double step = 0;
        for (double margin : MARGINS) {
            step = 2 * Math.log1p(bound) * (1 - margin);
            int rejected = 0;
            for (int run = 0; run < runs; run++) {
                int first = BlockSampling.first(run, runs, count);
                rejected += Math.max(
                        0, quantize(original, predicted, first, BlockSampling.length(first, count), step, scratch));
            }
            if (rejected * RARE <= Math.min(count, runs * BlockSampling.RUN)) {
                break;
            }
        }
        return step;
    }

    /** Fills in a run of elements and returns how many are the original's; -1 if the original is not finite. */
    private int quantize(byte[] original, byte[] predicted, int at, int some, double step, byte[] raw) {
        Steps steps = new Steps(dtype, step);
        steps.between(predicted, original, at, some, quanta);
        steps.walk(predicted, quanta, at, some, raw);
        Floats.read(dtype, original, at, wanted, some);
        Floats.read(dtype, raw, at, made, some);
        int kept = 0;
        for (int i = 0; i < some; i++) {
            if (!(Math.abs(wanted[i]) <= Double.MAX_VALUE)) {
                return -1;
            }
            if (!(Math.abs(made[i] - wanted[i]) <= bound)) {
                System.arraycopy(original, (at + i) * dtype.bytes(), raw, (at + i) * dtype.bytes(), dtype.bytes());
                kept++;
            }
        }
        return kept;
    }
}
