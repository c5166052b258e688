package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.PackedFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

    /** What goes into one pack. */
    record Cut(List<PackedFrame> frames, List<StoredObject> objects) {
        long bytes() {
            return frames.stream().mapToLong(PackedFrame::length).sum();
        }
    }

    /** An object goes with the last of its blocks that is sent; one of whose blocks none is sent, into the last pack. */
    List<Cut> cut(List<PackedFrame> frames, List<StoredObject> objects) {
        List<Cut> cuts = new ArrayList<>();
        Map<BlockId, Integer> packs = new HashMap<>();
        List<PackedFrame> open = new ArrayList<>();
        long bytes = 0;
        for (PackedFrame frame : frames) {
            if (!open.isEmpty() && bytes + frame.length() > mostBytes) {
                cuts.add(new Cut(List.copyOf(open), new ArrayList<>()));
                open.clear();
                bytes = 0;
            }
            packs.put(frame.id(), cuts.size());
            open.add(frame);
            bytes += frame.length();
            if ((bytes >= fewestBytes && endsPack(frame.id())) || open.size() == MOST_FRAMES) {
                cuts.add(new Cut(List.copyOf(open), new ArrayList<>()));
                open.clear();
                bytes = 0;
            }
        }
        if (!open.isEmpty() || (cuts.isEmpty() && !objects.isEmpty())) {
            cuts.add(new Cut(List.copyOf(open), new ArrayList<>()));
        }
        for (StoredObject object : objects) {
            int last = object.blocks().stream()
                    .mapToInt(block -> packs.getOrDefault(block.id(), -1))
                    .max()
                    .orElse(-1);
            cuts.get(last < 0 ? cuts.size() - 1 : last).objects().add(object);
        }
        return cuts;
    }

    private static boolean endsPack(BlockId id) {
        return id.hashCode() % ONE_IN == 0;
    }
}
