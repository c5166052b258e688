package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.frame.Frame;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.ParameterStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes frames that have come into the local store: each is decoded first and its block compared with its id, and it goes
 * in after those it is predicted from. What it says of its depth is made true for this store.
 */
final class FrameImport {
    private final ParameterStore local;
    private final TransferSettings settings;

    FrameImport(ParameterStore local, TransferSettings settings) {
        this.local = local;
        this.settings = settings;
    }

    /**
     * Stores what is sound.
     *
     * @param frames in an order in which sources come first
     * @return frames that are not what they should be themselves; those predicted from them are neither here nor stored
     */
    List<PlacedFrame> store(List<PlacedFrame> frames, StagedFrames staged) throws IOException {
        Set<BlockId> sound = ConcurrentHashMap.newKeySet();
        List<PlacedFrame> refused = new ArrayList<>();
        try (var reader = new BlockReader(staged);
                var shallow = new ShallowFrames(reader, settings.effort(), settings.maxDepth(), id -> depth(id))) {
            TaskPool.forEach(settings.threads(), frames.size(), number -> {
                BlockId id = frames.get(number).id();
                if (isSound(reader, id)) {
                    sound.add(id);
                }
            });
            Set<BlockId> waiting = new HashSet<>();
            for (PlacedFrame frame : frames) {
                if (sound.contains(frame.id())) {
                    local.putBlock(
                            frame.id(), fitting(frame.id(), reader, shallow).encode());
                } else if (frame.sources().stream().noneMatch(waiting::contains)) {
                    refused.add(frame);
                    waiting.add(frame.id());
                } else {
                    waiting.add(frame.id());
                }
            }
        }
        return refused;
    }

    private static boolean isSound(BlockReader reader, BlockId id) {
        try {
            reader.read(id);
            return true;
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            return false;
        }
    }

    private static Frame fitting(BlockId id, BlockReader reader, ShallowFrames shallow) {
        Frame frame = reader.frame(id);
        return shallow.fits(frame)
                ? ShallowFrames.withDepth(frame, shallow.depth(frame))
                : shallow.shallower(id, frame);
    }

    /** Sources are here by now. */
    private int depth(BlockId id) {
        return local.frame(id)
                .map(Frame::parse)
                .orElseThrow(() -> MgitException.integrity("block " + id.hex() + " is missing"))
                .depth();
    }
}
