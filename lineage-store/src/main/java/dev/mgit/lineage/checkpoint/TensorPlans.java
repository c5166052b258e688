package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.planner.Candidates;
import dev.mgit.delta.planner.ChildTensor;
import dev.mgit.delta.planner.Planner;
import dev.mgit.delta.planner.ReferenceIndex;
import dev.mgit.lineage.parameters.OpaquePredictions;
import dev.mgit.lineage.parameters.TensorPredictions;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Plans tensors when the first of their blocks turns out to be new: what is in the store already, under whatever name
 * or in whatever file, costs no planning.
 */
final class TensorPlans {
    private final Planner planner;
    private final Candidates candidates;
    private final ReferenceIndex references;
    private final ProcessorTime time = new ProcessorTime();

    TensorPlans(Planner planner, Candidates candidates) {
        this.planner = planner;
        this.candidates = candidates;
        this.references = candidates.references();
    }

    /** Processor time spent planning, the reading of samples from parents included. */
    Duration time() {
        return time.sum();
    }

    /** Tensors are planned; those of which only the name is known are searched for, as all opaque bytes are. */
    TensorPredictions of(ChildTensor tensor) {
        return tensor.spec().dtype() == Dtype.OPAQUE ? named(tensor) : new Lazy(tensor);
    }

    /** What may predict bytes that are no tensor's. */
    OpaquePredictions opaque() {
        return references::predictionFor;
    }

    private TensorPredictions named(ChildTensor bytes) {
        return (offset, length) -> {
            byte[] block = new byte[length];
            bytes.read(offset, block, length);
            return references.predictionFor(block, length);
        };
    }

    private final class Lazy implements TensorPredictions {
        private final ChildTensor tensor;
        private @Nullable TensorPredictions planned;

        Lazy(ChildTensor tensor) {
            this.tensor = tensor;
        }

        @Override
        public Optional<Prediction> at(long offset, int length) {
            return planned().at(offset, length);
        }

        private synchronized TensorPredictions planned() {
            TensorPredictions known = planned;
            if (known == null) {
                known = time.of(() -> planner.plan(tensor, candidates)
                        .<TensorPredictions>map(plan -> plan::predictionFor)
                        .orElse(TensorPredictions.none()));
                planned = known;
            }
            return known;
        }
    }
}
