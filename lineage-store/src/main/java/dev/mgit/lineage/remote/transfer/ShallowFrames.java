package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.codec.Effort;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.predictor.Predictors;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.BlockRecoder;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * Frames for a store in which the blocks they are predicted from lie deeper than where they were made. A chain that would
 * grow beyond the limit is cut short: the block is coded against an ancestor, or by itself.
 */
final class ShallowFrames implements AutoCloseable {
    private final BlockReader reader;
    private final BlockRecoder recoder;
    private final int maxDepth;
    private final ToIntFunction<BlockId> depths;

    /**
     * @param reader gives frames and blocks as they are here
     * @param depths of blocks there
     */
    ShallowFrames(BlockReader reader, Effort effort, int maxDepth, ToIntFunction<BlockId> depths) {
        this.reader = reader;
        this.recoder = new BlockRecoder(reader, effort);
        this.maxDepth = maxDepth;
        this.depths = depths;
    }

    /** Depth a frame has there. */
    int depth(Frame frame) {
        return frame.prediction().map(this::depthOver).orElse(0);
    }

    private int depthOver(Prediction prediction) {
        return 1
                + prediction.sources().stream()
                        .flatMap(region -> region.blocks().stream())
                        .mapToInt(depths)
                        .max()
                        .orElse(0);
    }

    boolean fits(Frame frame) {
        return depth(frame) <= maxDepth;
    }

    /** Another frame of a block whose own does not fit. The same each time. */
    Frame shallower(BlockId id, Frame frame) {
        Optional<Prediction> ancestor = ancestor(frame);
        if (ancestor.isEmpty()) {
            return recoder.alone(id, frame);
        }
        Frame rebased = recoder.rebase(id, frame, ancestor.get(), 1);
        int depth = depthOver(ancestor.get());
        return withDepth(rebased, depth);
    }

    /** Follows plain parents down to one that is not too deep; empty if the line ends or branches before. */
    private Optional<Prediction> ancestor(Frame frame) {
        Frame at = frame;
        while (at.prediction().isPresent() && continues(at.prediction().get(), frame.rawLength())) {
            Prediction prediction = at.prediction().get();
            if (depthOver(prediction) <= maxDepth) {
                return Optional.of(prediction);
            }
            at = reader.frame(source(prediction));
        }
        return Optional.empty();
    }

    private static BlockId source(Prediction prediction) {
        return prediction.sources().get(0).blocks().get(0);
    }

    private static boolean continues(Prediction prediction, int length) {
        return prediction.predictor() == Predictors.PARENT
                && prediction.sources().size() == 1
                && prediction.sources().get(0).blocks().size() == 1
                && prediction.sources().get(0).skip() == 0
                && prediction.sources().get(0).length() == length;
    }

    /** The same frame, saying another depth. */
    static Frame withDepth(Frame frame, int depth) {
        return frame.depth() == depth
                ? frame
                : new Frame(
                        frame.dtype(),
                        frame.rawLength(),
                        depth,
                        Math.max(depth, frame.generation()),
                        frame.prediction(),
                        frame.payload());
    }

    /** The blocks a frame is predicted from, each once. */
    static List<BlockId> sources(Frame frame) {
        return frame.prediction().map(Prediction::sources).orElse(List.of()).stream()
                .flatMap(region -> region.blocks().stream())
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        recoder.close();
    }
}
