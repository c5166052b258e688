package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.Numbers;
import dev.mgit.lineage.remote.pack.PackedFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Divides frames into packs. Where one ends depends on what lies near the end alone, so that a run after a killed one, or
 * after somebody else's, makes mostly the same packs and finds them there.
 *
 * @param fewestBytes after so many bytes a pack ends with the next block whose id says so
 * @param mostBytes no pack of several frames has more
 */
record PackCutter(long fewestBytes, long mostBytes) {
    static final PackCutter USUAL = new PackCutter(32L << 20, 64L << 20);

    /** Keeps the listing of a pack of many small frames small. */
    private static final int MOST_FRAMES = 1 << 16;
    /** One block in so many ends a pack. */
    private static final int ONE_IN = 16;

    /** What goes into one pack, as parts of the lists that were cut. */
    record Cut(List<PackedFrame> frames, List<StoredObject> objects) {
        long bytes() {
            return frames.stream().mapToLong(PackedFrame::length).sum();
        }
    }

    /** An object goes with the last of its blocks that is sent; one of whose blocks none is sent, into the last pack. */
    List<Cut> cut(PlannedFrames frames, List<StoredObject> objects) {
        int[] ends = ends(frames);
        if (ends.length == 0 && !objects.isEmpty()) {
            ends = new int[1];
        }
        Numbers[] ofPacks = ofPacks(frames, ends, objects);
        List<Cut> cuts = new ArrayList<>(ends.length);
        for (int pack = 0; pack < ends.length; pack++) {
            int from = pack == 0 ? 0 : ends[pack - 1];
            cuts.add(new Cut(frames.subList(from, ends[pack]), ofPacks[pack].as(objects::get)));
        }
        return cuts;
    }

    /** Where packs end. */
    private int[] ends(PlannedFrames frames) {
        IntStream.Builder ends = IntStream.builder();
        int from = 0;
        long bytes = 0;
        for (int at = 0; at < frames.size(); at++) {
            PackedFrame frame = frames.get(at);
            if (at > from && bytes + frame.length() > mostBytes) {
                ends.add(at);
                from = at;
                bytes = 0;
            }
            bytes += frame.length();
            if ((bytes >= fewestBytes && endsPack(frame.id())) || at + 1 - from == MOST_FRAMES) {
                ends.add(at + 1);
                from = at + 1;
                bytes = 0;
            }
        }
        if (frames.size() > from) {
            ends.add(frames.size());
        }
        return ends.build().toArray();
    }

    /** Of each pack, which of the objects go into it. */
    private static Numbers[] ofPacks(PlannedFrames frames, int[] ends, List<StoredObject> objects) {
        Numbers[] ofPacks = new Numbers[ends.length];
        Arrays.setAll(ofPacks, pack -> new Numbers());
        for (int i = 0; i < objects.size(); i++) {
            int last = objects.get(i).blocks().stream()
                    .mapToInt(block -> frames.find(block.id()))
                    .max()
                    .orElse(-1);
            ofPacks[last < 0 ? ends.length - 1 : pack(ends, last)].add(i);
        }
        return ofPacks;
    }

    private static int pack(int[] ends, int frame) {
        int found = Arrays.binarySearch(ends, frame + 1);
        return found >= 0 ? found : -found - 1;
    }

    private static boolean endsPack(BlockId id) {
        return id.hashCode() % ONE_IN == 0;
    }
}
