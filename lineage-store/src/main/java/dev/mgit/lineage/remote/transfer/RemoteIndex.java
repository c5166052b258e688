package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.parameters.IdSet;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.version.ObjectId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a store holds, as the listings of its packs say. Of the frames of a block, the one is read that needs the fewest
 * other frames; a frame that leads back to itself, or to a block that is nowhere, counts for nothing. About 100 bytes a
 * block.
 */
final class RemoteIndex {
    private final List<ListedPack> packs;
    private final IdSet blocks = new IdSet();
    /** Of each pack, the numbers of the blocks it names. */
    private final int[][] names;
    /** Frames of all packs count through; where those of each pack begin. */
    private final int[] firstFrames;

    private final Map<ObjectId, int[]> objectPlaces = new HashMap<>();
    private final BitSet distrusted = new BitSet();
    private FrameDepths depths;

    RemoteIndex(List<ListedPack> packs) {
        this.packs = List.copyOf(packs);
        this.names = new int[packs.size()][];
        this.firstFrames = new int[packs.size() + 1];
        for (int p = 0; p < packs.size(); p++) {
            var listing = packs.get(p).listing();
            names[p] = new int[listing.names()];
            for (int n = 0; n < names[p].length; n++) {
                names[p][n] = blocks.add(listing.name(n).bytes());
            }
            firstFrames[p + 1] = firstFrames[p] + listing.frames();
            for (int o = 0; o < listing.objects(); o++) {
                objectPlaces.putIfAbsent(listing.objectId(o), new int[] {p, o});
            }
        }
        this.depths = resolve();
    }

    private FrameDepths resolve() {
        return new FrameDepths(packs, names, firstFrames, blocks.size(), distrusted);
    }

    /** Whether a block can be read from the store alone. */
    boolean isReadable(BlockId id) {
        int block = blocks.find(id.bytes());
        return block >= 0 && depths.frame(block) >= 0;
    }

    /** Frames to decode before the one to read for a block that is readable. */
    int depth(BlockId id) {
        return depths.depth(blocks.find(id.bytes()));
    }

    /** The frame to read for a block; empty if the block is not readable. */
    Optional<PlacedFrame> frame(BlockId id) {
        int block = blocks.find(id.bytes());
        int frame = block < 0 ? -1 : depths.frame(block);
        if (frame < 0) {
            return Optional.empty();
        }
        int pack = packOf(frame);
        return Optional.of(new PlacedFrame(packs.get(pack), frame - firstFrames[pack]));
    }

    private int packOf(int frame) {
        int found = Arrays.binarySearch(firstFrames, frame);
        int pack = found >= 0 ? found : -found - 2;
        while (firstFrames[pack + 1] == firstFrames[pack]) {
            pack++; // a pack without frames begins where the next one does
        }
        return pack;
    }

    /** Frames that turned out not to be what the listing says are not chosen again. */
    void distrust(List<PlacedFrame> frames) {
        for (PlacedFrame frame : frames) {
            distrusted.set(firstFrames[packs.indexOf(frame.pack())] + frame.number());
        }
        depths = resolve();
    }

    /** An object's blocks; empty if no listing has the object. */
    Optional<StoredObject> object(ObjectId id) {
        int[] place = objectPlaces.get(id);
        return place == null
                ? Optional.empty()
                : Optional.of(packs.get(place[0]).listing().object(place[1]));
    }

    /** The pack whose listing has an object's blocks. */
    Optional<PackName> packOf(ObjectId id) {
        return Optional.ofNullable(objectPlaces.get(id))
                .map(place -> packs.get(place[0]).name());
    }

    /** Whether all of an object can be read from the store alone. */
    boolean isComplete(ObjectId id) {
        try {
            return object(id)
                    .filter(object -> object.blocks().stream().allMatch(block -> isReadable(block.id())))
                    .isPresent();
        } catch (MgitException e) {
            return false; // its entry is damaged
        }
    }

    /** Collects the packs that must stay for some blocks to be readable. */
    final class Reliance {
        private final BitSet seen = new BitSet();
        private final BitSet relied = new BitSet();

        /** Takes in a readable block and all it is predicted from. */
        void add(BlockId id) {
            add(blocks.find(id.bytes()));
        }

        private void add(int block) {
            if (seen.get(block)) {
                return;
            }
            seen.set(block);
            int frame = depths.frame(block);
            int pack = packOf(frame);
            relied.set(pack);
            packs.get(pack).listing().forEachSource(frame - firstFrames[pack], name -> add(names[pack][name]));
        }

        List<PackName> names() {
            return relied.stream().mapToObj(pack -> packs.get(pack).name()).toList();
        }
    }
}
