package dev.mgit.lineage.maintain;

import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.predictor.Predictors;
import dev.mgit.lineage.parameters.BlockReader;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Follows a block to the one of its parent that it is like, from there to that one's, and so on. */
final class ParentChain {
    private ParentChain() {}

    /**
     * The first prediction from one such block that will do; empty if there is none. What else a block is predicted from, such as
     * the moments of an optimizer, is left out.
     */
    static Optional<Prediction> find(Frame block, BlockReader reader, Predicate<Prediction> willDo) {
        Optional<Prediction> next = block.prediction().flatMap(full -> likeAlone(full, block.rawLength()));
        while (next.isPresent() && !willDo.test(next.get())) {
            Frame source = reader.frame(next.get().sources().get(0).blocks().get(0));
            next = source.rawLength() == block.rawLength()
                    ? source.prediction().flatMap(full -> likeAlone(full, block.rawLength()))
                    : Optional.empty();
        }
        return next;
    }

    /** The prediction from the first source alone, if that is a whole block that is like the predicted one. */
    private static Optional<Prediction> likeAlone(Prediction prediction, int length) {
        if (prediction.sources().isEmpty()
                || !Predictors.byCode(prediction.predictor()).firstIsLikeTheBlock()) {
            return Optional.empty();
        }
        Region first = prediction.sources().get(0);
        return first.blocks().size() == 1 && first.length() == length
                ? Optional.of(new Prediction(Predictors.PARENT, List.of(first), new byte[0]))
                : Optional.empty();
    }
}
