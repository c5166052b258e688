package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which stored blocks can be read back, as far as checksums say: a block's frame is whole, and so are the frames of all
 * it is predicted from. Looking is much cheaper than decoding, and what was found sound is remembered. Safe for use by
 * several threads.
 */
final class SoundBlocks {
    private final BlockReader reader;
    private final Set<BlockId> sound = ConcurrentHashMap.newKeySet();

    SoundBlocks(BlockReader reader) {
        this.reader = reader;
    }

    /** False for a block that is missing, damaged, or predicted from one that is. */
    boolean contains(BlockId id) {
        return contains(id, Frame.MAX_DEPTH);
    }

    private boolean contains(BlockId id, int depthLeft) {
        if (sound.contains(id)) {
            return true;
        }
        Optional<Frame> frame = reader.frameIfSound(id);
        boolean whole = depthLeft >= 0
                && frame.isPresent()
                && BlockReader.sources(frame.get()).stream().allMatch(source -> contains(source, depthLeft - 1));
        if (whole) {
            sound.add(id);
        }
        return whole;
    }

    boolean containsSources(Prediction prediction) {
        return prediction.sources().stream()
                .flatMap(region -> region.blocks().stream())
                .allMatch(this::contains);
    }

    /** Takes note of a block that was just stored. */
    void add(BlockId id) {
        sound.add(id);
    }
}
