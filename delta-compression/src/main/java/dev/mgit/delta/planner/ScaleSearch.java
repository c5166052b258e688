package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.AbsmaxScalePredictor;
import java.util.List;
import java.util.Optional;

/** Finds out whether the child holds the scales of a quantized tensor beside it, whose float source is stored. */
final class ScaleSearch {
    private static final String SCALE = "_scale";
    private static final String STATISTICS = ".SCB";
    private static final long MAX_SOURCE = 1 << 26;

    private ScaleSearch() {}

    static void search(Trial trial, Candidates candidates) {
        TensorSpec child = trial.spec();
        if (!child.dtype().isFloat() || child.elements() < 2) {
            return;
        }
        ChildTensor quantized = quantized(trial.child()).orElse(null);
        if (quantized == null || quantized.spec().shape().size() < 2) {
            return;
        }
        for (Placement placement : ContentSearch.likes(quantized, candidates)) {
            SourceTensor source = placement.sources().get(0);
            TensorSpec spec = source.spec();
            long columns = SampledValues.innermost(spec);
            boolean usable = spec.dtype().isFloat()
                    && spec.shape().equals(shapeOf(quantized, placement))
                    && columns <= Trial.MAX_ROW
                    && spec.byteLength() <= MAX_SOURCE;
            if (usable) {
                if (child.elements() == spec.elements() / columns) {
                    offer(trial, source, AbsmaxScalePredictor.ROWS, (int) columns);
                }
                if (child.elements() == columns) {
                    offer(trial, source, AbsmaxScalePredictor.COLUMNS, (int) columns);
                }
                return;
            }
        }
    }

    /** The quantized tensor's shape as the source has it: turned round if axes were. */
    private static List<Long> shapeOf(ChildTensor quantized, Placement placement) {
        List<Long> shape = quantized.spec().shape();
        boolean turned = placement instanceof Placement.Turned && shape.size() == 2;
        return turned ? List.of(shape.get(1), shape.get(0)) : shape;
    }

    private static Optional<ChildTensor> quantized(ChildTensor child) {
        String name = child.spec().name();
        if (name.endsWith(SCALE)) {
            String stem = name.substring(0, name.length() - SCALE.length());
            return child.sibling(stem + "_quantized").or(() -> child.sibling(stem));
        }
        return name.endsWith(STATISTICS)
                ? child.sibling(name.substring(0, name.length() - STATISTICS.length()) + ".weight")
                : Optional.empty();
    }

    private static void offer(Trial trial, SourceTensor source, int axis, int columns) {
        Dtype dtype = trial.spec().dtype();
        ScaleRecipe plain = new ScaleRecipe(dtype, source, axis, columns, 1);
        TensorPrediction predicted = plain.predicted(0, dtype.bytes()).orElseThrow();
        byte[] largest = predicted.bytes(dtype, dtype.bytes());
        double scale = SampledValues.read(trial.child()::read, dtype, 0, 1)[0];
        // Divisors are 127, 127.5, 64 and the like.
        double divisor = Math.rint(2 * SampledValues.decode(dtype, largest, 1)[0] / scale) / 2;
        if (divisor >= 1 && divisor <= 1 << 16) {
            trial.offer(new ScaleRecipe(dtype, source, axis, columns, (float) divisor));
        }
    }

    private record ScaleRecipe(Dtype dtype, SourceTensor source, int axis, int columns, float divisor)
            implements Derivation {
        @Override
        public String name() {
            return "absmax-scale";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(source);
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            if (offset % dtype.bytes() != 0 || length % dtype.bytes() != 0) {
                return Optional.empty();
            }
            long first = offset / dtype.bytes();
            int count = length / dtype.bytes();
            long rowBytes = (long) columns * source.spec().dtype().bytes();
            long from = axis == AbsmaxScalePredictor.ROWS ? first * rowBytes : 0;
            long size = axis == AbsmaxScalePredictor.ROWS
                    ? count * rowBytes
                    : source.spec().byteLength();
            if (size > MAX_SOURCE) {
                return Optional.empty();
            }
            int firstColumn = axis == AbsmaxScalePredictor.ROWS ? 0 : (int) first;
            byte[] parameters =
                    AbsmaxScalePredictor.parameters(source.spec().dtype(), axis, columns, firstColumn, divisor);
            return Optional.of(new TensorPrediction(
                    new AbsmaxScalePredictor(), List.of(new TensorSpan(source, from, (int) size)), parameters));
        }
    }
}
