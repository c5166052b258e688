package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predictor.ParentPredictor;
import dev.mgit.delta.predictor.TransposePredictor;
import java.util.List;
import java.util.Optional;

/** Where the elements of a child stand in its sources, before any change of dtype. */
interface Placement {
    String name();

    List<SourceTensor> sources();

    /** The dtype all sources have. */
    Dtype dtype();

    /** Elements of the child that lie beside each other on the innermost axis of the source as it is placed. */
    default long columns() {
        return 1;
    }

    /** A prediction at elements of the child, in the sources' dtype. */
    Optional<TensorPrediction> at(long firstElement, long count);

    default boolean parametersGrow() {
        return false;
    }

    /** The same elements in the same order: same shape, or a reshape of it. */
    record Straight(SourceTensor source) implements Placement {
        @Override
        public String name() {
            return "parent";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(source);
        }

        @Override
        public Dtype dtype() {
            return source.spec().dtype();
        }

        @Override
        public long columns() {
            return SampledValues.innermost(source.spec());
        }

        @Override
        public Optional<TensorPrediction> at(long firstElement, long count) {
            long offset = dtype().bytesFor(firstElement);
            long length = dtype().bytesFor(count);
            return length > Integer.MAX_VALUE
                    ? Optional.empty()
                    : Optional.of(new TensorPrediction(
                            new ParentPredictor(), List.of(new TensorSpan(source, offset, (int) length)), new byte[0]));
        }
    }

    /**
     * The same elements with axes permuted.
     *
     * @param axes the child's axis {@code i} is axis {@code axes.get(i)} of the source
     */
    record Turned(SourceTensor source, List<Integer> axes) implements Placement {
        /** More than this is not read to predict one block. */
        private static final long MAX_WINDOW = 1 << 27;

        @Override
        public String name() {
            return "transpose";
        }

        @Override
        public List<SourceTensor> sources() {
            return List.of(source);
        }

        @Override
        public Dtype dtype() {
            return source.spec().dtype();
        }

        @Override
        public long columns() {
            return source.spec().shape().get(axes.get(axes.size() - 1));
        }

        @Override
        public Optional<TensorPrediction> at(long firstElement, long count) {
            long[] shape =
                    source.spec().shape().stream().mapToLong(Long::longValue).toArray();
            int width = dtype().bytes();
            long first = 0;
            long last = source.spec().elements();
            // Outer axes that stay where they are bound what a block can need.
            if (axes.get(0) == 0 && shape[0] > 0) {
                long outer = source.spec().elements() / shape[0];
                first = firstElement / outer * outer;
                last = Math.min(last, (firstElement + count + outer - 1) / outer * outer);
            }
            if ((last - first) * width > MAX_WINDOW) {
                return Optional.empty();
            }
            int[] permutation = axes.stream().mapToInt(Integer::intValue).toArray();
            byte[] parameters = TransposePredictor.parameters(width, shape, permutation, firstElement, first);
            TensorSpan span = new TensorSpan(source, first * width, (int) ((last - first) * width));
            return Optional.of(new TensorPrediction(new TransposePredictor(), List.of(span), parameters));
        }
    }
}
