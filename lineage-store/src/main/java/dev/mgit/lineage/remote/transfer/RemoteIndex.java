package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.ListedIds;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.version.ObjectId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What a store holds, as the listings of its packs say. Of the frames of a block, the one is read that needs the fewest
 * other frames; a frame that leads back to itself, or to a block that is nowhere, counts for nothing. Blocks, frames and
 * objects have numbers, by which plans name them. About 80 bytes a block and 60 an object.
 */
final class RemoteIndex {
    private final List<ListedPack> packs;
    private final ListedIds blocks;
    private final ListedIds objects;
    /** Of each pack, the numbers of the blocks it names. */
    private final int[][] names;
    /** Frames of all packs count through; where those of each pack begin. */
    private final int[] firstFrames;

    private final BitSet distrusted = new BitSet();
    private FrameDepths depths;

    RemoteIndex(List<ListedPack> packs) {
        this.packs = List.copyOf(packs);
        this.blocks = ListedIds.blocks(packs);
        this.objects = ListedIds.objects(packs);
        this.names = new int[packs.size()][];
        this.firstFrames = new int[packs.size() + 1];
        for (int p = 0; p < packs.size(); p++) {
            var listing = packs.get(p).listing();
            names[p] = new int[listing.names()];
            for (int n = 0; n < names[p].length; n++) {
                names[p][n] = blocks.add(p, n);
            }
            firstFrames[p + 1] = firstFrames[p] + listing.frames();
        }
        this.depths = resolve();
    }

    private FrameDepths resolve() {
        return FrameDepths.of(packs, names, firstFrames, blocks.size(), distrusted);
    }

    /** The number of a block, -1 if no listing names it. */
    int block(BlockId id) {
        return blocks.find(id.bytes());
    }

    /** A block by its number. */
    BlockId id(int block) {
        return packs.get(blocks.pack(block)).listing().name(blocks.index(block));
    }

    /** The number of the frame to read for a block; -1 if the block is not readable, or its number is -1. */
    int frame(int block) {
        return block < 0 ? -1 : depths.frame(block);
    }

    /** Whether a block can be read from the store alone. */
    boolean isReadable(BlockId id) {
        return frame(block(id)) >= 0;
    }

    /** Frames to decode before the one to read for a block that is readable. */
    int depth(BlockId id) {
        return depths.depth(block(id));
    }

    /** The frame to read for a block; empty if the block is not readable. */
    Optional<PlacedFrame> frame(BlockId id) {
        int frame = frame(block(id));
        return frame < 0 ? Optional.empty() : Optional.of(placed(frame));
    }

    /** A frame by its number. */
    PlacedFrame placed(int frame) {
        int pack = packOf(frame);
        return new PlacedFrame(packs.get(pack), frame - firstFrames[pack]);
    }

    /** The numbers of the blocks that a frame is predicted from. */
    void forEachSource(int frame, IntConsumer visitor) {
        int pack = packOf(frame);
        packs.get(pack).listing().forEachSource(frame - firstFrames[pack], name -> visitor.accept(names[pack][name]));
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

    /** The number of an object, -1 if no listing has it. */
    int number(ObjectId id) {
        return objects.find(id.bytes());
    }

    /**
     * An object by its number.
     *
     * @throws MgitException of kind INTEGRITY if its entry is damaged
     */
    StoredObject object(int number) {
        return packs.get(objects.pack(number)).listing().object(objects.index(number));
    }

    /** An object's blocks; empty if no listing has the object. */
    Optional<StoredObject> object(ObjectId id) {
        int number = number(id);
        return number < 0 ? Optional.empty() : Optional.of(object(number));
    }

    /** The pack whose listing has an object's blocks. */
    Optional<PackName> packOf(ObjectId id) {
        int number = number(id);
        return number < 0
                ? Optional.empty()
                : Optional.of(packs.get(objects.pack(number)).name());
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
            add(block(id));
        }

        private void add(int block) {
            if (seen.get(block)) {
                return;
            }
            seen.set(block);
            int frame = frame(block);
            relied.set(packOf(frame));
            forEachSource(frame, this::add);
        }

        List<PackName> names() {
            return relied.stream().mapToObj(pack -> packs.get(pack).name()).toList();
        }
    }
}
