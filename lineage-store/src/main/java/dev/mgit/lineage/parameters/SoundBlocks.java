package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.IdSet;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Prediction;
import java.util.Optional;

/**
 * Which stored blocks can be read back, as far as checksums say: a block's frame is whole, and so are the frames of all
 * it is predicted from. Looking is much cheaper than decoding, and what was found sound is remembered for a while: memory
 * is bounded, however many blocks there are. Safe for use by several threads.
 */
final class SoundBlocks {
    /** Some 10 MB of ids. Whatever is forgotten is looked up again. */
    private static final int MOST = 1 << 18;

    private final BlockReader reader;
    private final int most;
    private IdSet sound = new IdSet();

    SoundBlocks(BlockReader reader) {
        this(reader, MOST);
    }

    /** @param most ids that are remembered */
    SoundBlocks(BlockReader reader, int most) {
        this.reader = reader;
        this.most = most;
    }

    /** False for a block that is missing, damaged, or predicted from one that is. */
    boolean contains(BlockId id) {
        return contains(id, Frame.MAX_DEPTH);
    }

    private boolean contains(BlockId id, int depthLeft) {
        if (isKnown(id)) {
            return true;
        }
        Optional<Frame> frame = reader.frameIfSound(id);
        boolean whole = depthLeft >= 0
                && frame.isPresent()
                && BlockReader.sources(frame.get()).stream().allMatch(source -> contains(source, depthLeft - 1));
        if (whole) {
            add(id);
        }
        return whole;
    }

    boolean containsSources(Prediction prediction) {
        return prediction.sources().stream()
                .flatMap(region -> region.blocks().stream())
                .allMatch(this::contains);
    }

    /** Takes note of a block that was just stored. */
    synchronized void add(BlockId id) {
        if (sound.size() >= most) {
            sound = new IdSet();
        }
        sound.add(id.bytes());
    }

    private synchronized boolean isKnown(BlockId id) {
        return sound.find(id.bytes()) >= 0;
    }
}
