package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import dev.mgit.delta.frame.Region;
import dev.mgit.delta.planner.ReferenceIndex;
import dev.mgit.delta.predictor.Predictors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says where the places a reference names are best read: a block that is a part of another is read there, and one that
 * is too deep gives way to the places it refers to itself, whose content is much the same.
 */
final class ReferencePlaces {
    private static final int MOST_PLACES = 64;

    private final BlockReader reader;
    private final int maxDepth;
    private final List<Region> found = new ArrayList<>();
    private int bytes;
    /** Whether the last place reaches to the end of its last block. */
    private boolean open;

    /** @param maxDepth most frames a reader may have to decode before the parts of the block that refers */
    ReferencePlaces(BlockReader reader, int maxDepth) {
        this.reader = reader;
        this.maxDepth = maxDepth;
    }

    /** The same reference to places that may be read; empty if there are none. */
    Optional<Prediction> resolve(Prediction reference) {
        reference.sources().forEach(this::add);
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new Prediction(reference.predictor(), found, reference.parameters()));
    }

    private void add(Region place) {
        int skip = place.skip();
        int left = place.length();
        for (BlockId id : place.blocks()) {
            Frame frame = reader.frame(id);
            int length = Math.min(left, frame.rawLength() - skip);
            add(id, frame, skip, length);
            skip = 0;
            left -= length;
        }
    }

    private void add(BlockId id, Frame frame, int skip, int length) {
        if (isPart(frame)) {
            Region whole = frame.prediction().orElseThrow().sources().get(0);
            BlockId container = whole.blocks().get(0);
            add(container, reader.frame(container), whole.skip() + skip, length);
        } else if (frame.depth() + 1 < maxDepth) {
            keep(new Region(List.of(id), skip, length), skip + length == frame.rawLength());
        } else if (frame.prediction().isPresent()) {
            frame.prediction().get().sources().forEach(this::add);
        }
    }

    private static boolean isPart(Frame frame) {
        return frame.prediction()
                .filter(prediction -> prediction.predictor() == Predictors.PARENT
                        && prediction.sources().size() == 1
                        && prediction.sources().get(0).blocks().size() == 1
                        && frame.payload().length == 1)
                .isPresent();
    }

    /** @param toEnd whether the place reaches to the end of its block */
    private void keep(Region place, boolean toEnd) {
        if (bytes + place.length() > ReferenceIndex.MOST_BYTES || found.contains(place)) {
            return;
        }
        int last = found.size() - 1;
        Optional<Region> joined = last < 0 ? Optional.empty() : joined(found.get(last), place);
        if (joined.isPresent()) {
            found.set(last, joined.get());
        } else if (found.size() < MOST_PLACES) {
            found.add(place);
        } else {
            return;
        }
        bytes += place.length();
        open = toEnd;
    }

    /** Both as one place, if the second continues the first in the same block or from the end of one to the next. */
    private Optional<Region> joined(Region before, Region place) {
        int length = before.length() + place.length();
        if (before.blocks().equals(place.blocks()) && before.skip() + before.length() == place.skip()) {
            return Optional.of(new Region(place.blocks(), before.skip(), length));
        }
        if (!open || place.skip() > 0) {
            return Optional.empty();
        }
        List<BlockId> blocks = new ArrayList<>(before.blocks());
        blocks.addAll(place.blocks());
        return Optional.of(new Region(blocks, before.skip(), length));
    }
}
