package dev.mgit.lineage.maintain;

import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.predictor.Predictors;
import dev.mgit.lineage.parameters.BlockReader;
import java.util.Optional;
import java.util.function.Predicate;

/** Follows a block that is predicted from its parent's, that one from its parent's, and so on. */
final class ParentChain {
    private ParentChain() {}

    /** The first prediction down a chain of plain parents that will do; empty if there is none, or it is no such chain. */
    static Optional<Prediction> find(Frame block, BlockReader reader, Predicate<Prediction> willDo) {
        Prediction prediction = block.prediction().orElseThrow();
        while (!willDo.test(prediction)) {
            if (!readsOneWhole(prediction, block.rawLength())) {
                return Optional.empty();
            }
            Frame source = reader.frame(prediction.sources().get(0).blocks().get(0));
            Optional<Prediction> further = source.prediction();
            if (further.isEmpty() || source.rawLength() != block.rawLength()) {
                return Optional.empty();
            }
            prediction = further.get();
        }
        return readsOneWhole(prediction, block.rawLength()) ? Optional.of(prediction) : Optional.empty();
    }

    private static boolean readsOneWhole(Prediction prediction, int length) {
        return prediction.predictor() == Predictors.PARENT
                && prediction.sources().size() == 1
                && prediction.sources().get(0).blocks().size() == 1
                && prediction.sources().get(0).length() == length;
    }
}
