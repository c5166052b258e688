package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.ParentPredictor;
import dev.mgit.delta.predictor.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A change of dtype on top of a placement.
 *
 * @param unit elements that are converted together; other ranges than whole units are not predicted at
 * @param parameters the converting predictor's parameters for elements of the child
 * @param extra further sources the converting predictor reads whole; only where the placement is straight
 */
record Conversion(String name, Predictor predictor, long unit, OfElements parameters, List<SourceTensor> extra) {

    /** Parameters for some of the child's elements. */
    @FunctionalInterface
    interface OfElements {
        byte[] of(long first, long count);
    }

    /** A child of the placement's own dtype, or what {@code this} makes of it. */
    static Derivation recipe(ChildTensor child, Placement placement, Optional<Conversion> conversion) {
        return new Converted(child.spec().dtype(), placement, conversion);
    }

    private record Converted(Dtype dtype, Placement placement, Optional<Conversion> conversion) implements Derivation {
        @Override
        public String name() {
            if (conversion.isEmpty()) {
                return placement.name();
            }
            String own = conversion.get().name();
            return placement instanceof Placement.Straight ? own : placement.name() + "+" + own;
        }

        @Override
        public List<SourceTensor> sources() {
            List<SourceTensor> all = new ArrayList<>(placement.sources());
            conversion.ifPresent(c -> all.addAll(c.extra()));
            return all;
        }

        @Override
        public boolean parametersGrow() {
            return placement.parametersGrow();
        }

        @Override
        public Optional<TensorPrediction> predicted(long offset, int length) {
            if (offset % dtype.blockBytes() != 0 || length % dtype.blockBytes() != 0) {
                return Optional.empty();
            }
            long first = offset / dtype.blockBytes() * dtype.blockElements();
            long count = (long) (length / dtype.blockBytes()) * dtype.blockElements();
            Optional<TensorPrediction> placed = placement.at(first, count);
            if (conversion.isEmpty()) {
                return placed;
            }
            long unit = conversion.get().unit();
            if (first % unit != 0 || count % unit != 0) {
                return Optional.empty();
            }
            return placed.map(p -> convert(conversion.get(), p, first, count, length));
        }

        private TensorPrediction convert(Conversion c, TensorPrediction placed, long first, long count, int length) {
            byte[] parameters = c.parameters().of(first, count);
            if (placed.predictor() instanceof ParentPredictor) {
                List<TensorSpan> spans = new ArrayList<>(placed.spans());
                for (SourceTensor tensor : c.extra()) {
                    spans.add(new TensorSpan(tensor, 0, (int) tensor.spec().byteLength()));
                }
                return new TensorPrediction(c.predictor(), spans, parameters);
            }
            Dtype between = placement.dtype();
            return placed.then(between, between.bytesFor(count), c.predictor(), parameters, dtype, length);
        }
    }
}
