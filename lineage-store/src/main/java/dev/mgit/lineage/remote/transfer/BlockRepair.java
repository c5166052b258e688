package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.BlockRecoder;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.remote.store.RemoteStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Replaces blocks that are damaged or missing here by what a store has. They are decoded from the store alone and stored by
 * themselves: whatever here is predicted from them, and whatever they were predicted from, no cycle comes of it.
 */
final class BlockRepair {
    private final RemoteStore store;
    private final RemoteIndex remote;
    private final Effort effort;

    BlockRepair(RemoteStore store, RemoteIndex remote, Effort effort) {
        this.store = store;
        this.remote = remote;
        this.effort = effort;
    }

    /** @return the blocks the store could not help with */
    Set<BlockId> repair(ParameterStore local, Collection<BlockId> damaged) {
        Set<BlockId> left = new LinkedHashSet<>();
        for (BlockId id : damaged) {
            if (!repair(local, id)) {
                left.add(id);
            }
        }
        local.flush();
        return left;
    }

    private boolean repair(ParameterStore local, BlockId id) {
        for (Optional<PlacedFrame> frame = remote.frame(id); frame.isPresent(); frame = remote.frame(id)) {
            List<PlacedFrame> chain = new ArrayList<>();
            collect(frame.get(), chain, new HashSet<>());
            StagedFrames staged = new StagedFrames(source -> Optional.empty());
            PackRange.of(chain).forEach(range -> range.read(store, staged));
            try (var reader = new BlockReader(staged);
                    var recoder = new BlockRecoder(reader, effort)) {
                Optional<PlacedFrame> bad =
                        chain.stream().filter(one -> !isSound(reader, one.id())).findFirst();
                if (bad.isEmpty()) {
                    local.putBlock(id, recoder.alone(id, reader.frame(id)).encode());
                    return true;
                }
                remote.distrust(List.of(bad.get()));
            }
        }
        return false;
    }

    /** A frame after all it is predicted from. */
    private void collect(PlacedFrame frame, List<PlacedFrame> chain, Set<BlockId> seen) {
        if (seen.add(frame.id())) {
            frame.sources().forEach(source -> collect(remote.frame(source).orElseThrow(), chain, seen));
            chain.add(frame);
        }
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
}
