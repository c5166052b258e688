package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.Numbers;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.version.ObjectId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The frames of a store that some objects are read from, and those objects, pack by pack, as numbers of the
 * index: four bytes each.
 */
final class NeededFrames {
    private static final Numbers NONE = new Numbers();

    private final RemoteIndex index;
    private final BitSet seen = new BitSet();
    private final Map<PackName, Numbers> frames = new HashMap<>();
    private final Map<PackName, Numbers> objects = new HashMap<>();
    private int unreadable;

    NeededFrames(RemoteIndex index, Set<ObjectId> needed) {
        this.index = index;
        needed.forEach(this::add);
    }

    private void add(ObjectId id) {
        if (!index.isComplete(id)) {
            unreadable++;
        }
        object(id).ifPresent(object -> {
            index.packOf(id)
                    .ifPresent(pack -> objects.computeIfAbsent(pack, unused -> new Numbers())
                            .add(index.number(id)));
            object.blocks().forEach(block -> add(index.block(block.id())));
        });
    }

    private Optional<StoredObject> object(ObjectId id) {
        try {
            return index.object(id);
        } catch (MgitException e) {
            return Optional.empty(); // its entry is damaged
        }
    }

    private void add(int block) {
        int frame = index.frame(block);
        if (frame < 0 || seen.get(block)) {
            return;
        }
        seen.set(block);
        index.forEachSource(frame, this::add);
        frames.computeIfAbsent(index.placed(frame).pack().name(), unused -> new Numbers())
                .add(frame);
    }

    RemoteIndex index() {
        return index;
    }

    /** Whether less than half of a pack is needed, but something. */
    boolean isSparse(ListedPack pack) {
        return needs(pack.name()) && bytes(pack.name()) < pack.size() / 2;
    }

    /** Objects that cannot be read from the store. */
    int unreadable() {
        return unreadable;
    }

    boolean needs(PackName pack) {
        return frames.containsKey(pack) || objects.containsKey(pack);
    }

    /** Bytes of a pack's frames that are needed. */
    long bytes(PackName pack) {
        return frames(pack).stream().mapToLong(PlacedFrame::length).sum();
    }

    /** A pack's frames that are needed, sources before what is predicted from them. */
    List<PlacedFrame> frames(PackName pack) {
        return frames.getOrDefault(pack, NONE).as(index::placed);
    }

    /** Needed objects whose entries are in a pack. */
    List<StoredObject> objects(PackName pack) {
        return objects.getOrDefault(pack, NONE).as(index::object);
    }
}
