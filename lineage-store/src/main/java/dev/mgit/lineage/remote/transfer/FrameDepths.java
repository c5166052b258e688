package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.frame.Frame;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.PackListing;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** Which frame of each block is the shallowest. */
final class FrameDepths {
    private static final int MOST = Frame.MAX_DEPTH;

    private final int[] frames;
    private final byte[] depths;

    private FrameDepths(int blocks) {
        this.frames = new int[blocks];
        this.depths = new byte[blocks];
        Arrays.fill(frames, -1);
    }

    /**
     * Finds them, level by level: first the frames that are predicted from nothing, then those all of whose sources have
     * been met. What is part of a cycle only, or needs a block that is nowhere, is never met.
     *
     * @param names of each pack, the numbers of the blocks it names
     * @param firstFrames of each pack, where its frames begin
     * @param blocks how many there are
     * @param distrusted frames that count for nothing
     */
    static FrameDepths of(List<ListedPack> packs, int[][] names, int[] firstFrames, int blocks, BitSet distrusted) {
        var depths = new FrameDepths(blocks);
        new Search(packs, names, firstFrames, depths).meet(distrusted);
        return depths;
    }

    /** The frame to read for a block, -1 if there is none that can be read. */
    int frame(int block) {
        return frames[block];
    }

    int depth(int block) {
        return depths[block] & 0xff;
    }

    /** What is to be known of frames until their depths are. */
    private static final class Search {
        private final List<ListedPack> packs;
        private final int[][] names;
        private final int[] firstFrames;
        private final FrameDepths found;
        /** Sources of each frame that have not been met. */
        private final int[] waiting;
        /** The block of each frame. */
        private final int[] owners;
        /** Frames that wait for a block: those of block b from {@code starts[b]} to {@code starts[b + 1]}. */
        private final int[] starts;

        private final int[] dependents;

        Search(List<ListedPack> packs, int[][] names, int[] firstFrames, FrameDepths found) {
            this.packs = packs;
            this.names = names;
            this.firstFrames = firstFrames;
            this.found = found;
            int count = firstFrames[packs.size()];
            this.waiting = new int[count];
            this.owners = new int[count];
            this.starts = new int[found.frames.length + 1];
            countSources();
            this.dependents = new int[starts[found.frames.length]];
            fillDependents();
        }

        private void countSources() {
            forEachFrame((pack, listing, number, frame) -> {
                owners[frame] = names[pack][number];
                listing.forEachSource(number, name -> {
                    waiting[frame]++;
                    starts[names[pack][name] + 1]++;
                });
            });
            for (int block = 0; block + 1 < starts.length; block++) {
                starts[block + 1] += starts[block];
            }
        }

        private void fillDependents() {
            int[] next = starts.clone();
            forEachFrame((pack, listing, number, frame) ->
                    listing.forEachSource(number, name -> dependents[next[names[pack][name]]++] = frame));
        }

        private interface Visitor {
            void visit(int pack, PackListing listing, int number, int frame);
        }

        private void forEachFrame(Visitor visitor) {
            for (int p = 0; p < packs.size(); p++) {
                PackListing listing = packs.get(p).listing();
                for (int n = 0; n < listing.frames(); n++) {
                    visitor.visit(p, listing, n, firstFrames[p] + n);
                }
            }
        }

        void meet(BitSet distrusted) {
            int[] level = new int[waiting.length];
            int size = 0;
            for (int frame = 0; frame < waiting.length; frame++) {
                if (waiting[frame] == 0 && !distrusted.get(frame)) {
                    level[size++] = frame;
                }
            }
            int[] next = new int[size > 0 ? waiting.length : 0];
            for (int depth = 0; size > 0 && depth <= MOST; depth++) {
                int met = 0;
                for (int i = 0; i < size; i++) {
                    int block = owners[level[i]];
                    if (found.frames[block] < 0) {
                        found.frames[block] = level[i];
                        found.depths[block] = (byte) depth;
                        for (int d = starts[block]; d < starts[block + 1]; d++) {
                            int dependent = dependents[d];
                            if (--waiting[dependent] == 0 && !distrusted.get(dependent)) {
                                next[met++] = dependent;
                            }
                        }
                    }
                }
                int[] done = level;
                level = next;
                next = done;
                size = met;
            }
        }
    }
}
