package dev.mgit.delta.predict;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.List;
import java.util.Optional;

/** Finds out whether the child holds the scales of a quantised tensor beside it, whose float source is stored. */
final class Scaling {
    private static final String SCALE = "_scale";
    private static final String STATISTICS = ".SCB";
    private static final long MAX_SOURCE = 1 << 27;

    private Scaling() {}

    static void search(Trial trial, Candidates candidates) {
        TensorSpec child = trial.spec();
        if (!child.dtype().isFloat() || child.elements() < 2) {
            return;
        }
        ChildTensor quantised = quantised(trial.child()).orElse(null);
        if (quantised == null || quantised.spec().shape().size() < 2) {
            return;
        }
        for (Placement placement : Resemblance.likes(quantised, candidates)) {
            SourceTensor source = placement.sources().get(0);
            TensorSpec spec = source.spec();
            long columns = Values.innermost(spec);
            boolean usable = spec.dtype().isFloat()
                    && spec.shape().equals(shapeOf(quantised, placement))
                    && columns <= Trial.MAX_ROW
                    && spec.byteLength() <= MAX_SOURCE;
            if (usable) {
                if (child.elements() == spec.elements() / columns) {
                    offer(trial, source, AbsmaxScale.ROWS, (int) columns);
                }
                if (child.elements() == columns) {
                    offer(trial, source, AbsmaxScale.COLUMNS, (int) columns);
                }
                return;
            }
        }
    }

    /** The quantised tensor's shape as the source has it: turned round if axes were. */
    private static List<Long> shapeOf(ChildTensor quantised, Placement placement) {
        List<Long> shape = quantised.spec().shape();
        boolean turned = placement instanceof Placement.Turned && shape.size() == 2;
        return turned ? List.of(shape.get(1), shape.get(0)) : shape;
    }

    private static Optional<ChildTensor> quantised(ChildTensor child) {
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
        Guess guess = plain.guess(0, dtype.bytes()).orElseThrow();
        byte[] largest = new byte[dtype.bytes()];
        guess.predictor()
                .predict(
                        guess.spans().stream().map(Span::read).toList(),
                        guess.parameters(),
                        dtype,
                        largest,
                        largest.length);
        double scale = Values.read(trial.child()::read, dtype, 0, 1)[0];
        // Divisors are 127, 127.5, 64 and the like.
        double divisor = Math.rint(2 * Values.decode(dtype, largest, 1)[0] / scale) / 2;
        if (divisor >= 1 && divisor <= 1 << 16) {
            trial.offer(new ScaleRecipe(dtype, source, axis, columns, (float) divisor));
        }
    }

    private record ScaleRecipe(Dtype dtype, SourceTensor source, int axis, int columns, float divisor)
            implements Recipe {
        @Override
        public String name() {
            return "absmax-scale";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(source);
        }

        @Override
        public Optional<Guess> guess(long offset, int length) {
            if (offset % dtype.bytes() != 0 || length % dtype.bytes() != 0) {
                return Optional.empty();
            }
            long first = offset / dtype.bytes();
            int count = length / dtype.bytes();
            long rowBytes = (long) columns * source.spec().dtype().bytes();
            long from = axis == AbsmaxScale.ROWS ? first * rowBytes : 0;
            long size =
                    axis == AbsmaxScale.ROWS ? count * rowBytes : source.spec().byteLength();
            if (size > MAX_SOURCE) {
                return Optional.empty();
            }
            int firstColumn = axis == AbsmaxScale.ROWS ? 0 : (int) first;
            byte[] parameters = AbsmaxScale.parameters(source.spec().dtype(), axis, columns, firstColumn, divisor);
            return Optional.of(new Guess(new AbsmaxScale(), List.of(new Span(source, from, (int) size)), parameters));
        }
    }
}
