package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.store.ByteRange;
import dev.mgit.lineage.remote.store.RemoteStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A stretch of a pack that is read in one request, for the sake of some frames in it. */
record PackRange(ListedPack pack, List<PlacedFrame> frames) {
    /** To read so much in vain costs less than another request. */
    private static final int WORTH_READING = 1 << 20;
    /** No request reads more, unless for one frame: so that several go on at once and one that fails costs little. */
    private static final int MOST_BYTES = 8 << 20;

    int start() {
        return frames.get(0).offset();
    }

    int length() {
        PlacedFrame last = frames.get(frames.size() - 1);
        return last.offset() + last.length() - start();
    }

    /** Frames of a pack that is gone, or shorter than listed, are staged as far as they come: others are found missing. */
    void read(RemoteStore store, StagedFrames staged) {
        byte[] bytes = store.get(pack.name().packKey(), ByteRange.of(start(), length()))
                .orElse(new byte[0]);
        for (PlacedFrame frame : frames) {
            int from = frame.offset() - start();
            if (from + frame.length() <= bytes.length) {
                staged.stage(frame.id(), Arrays.copyOfRange(bytes, from, from + frame.length()));
            }
        }
    }

    /** The ranges that hold some frames, pack by pack. */
    static List<PackRange> of(List<PlacedFrame> frames) {
        Map<String, List<PlacedFrame>> byPack = new TreeMap<>();
        frames.forEach(frame -> byPack.computeIfAbsent(frame.pack().name().hex(), unused -> new ArrayList<>())
                .add(frame));
        List<PackRange> ranges = new ArrayList<>();
        byPack.values().forEach(ofPack -> {
            ofPack.sort(Comparator.comparingInt(PlacedFrame::number));
            addRanges(ofPack, ranges);
        });
        return ranges;
    }

    private static void addRanges(List<PlacedFrame> frames, List<PackRange> ranges) {
        List<PlacedFrame> open = new ArrayList<>();
        for (PlacedFrame frame : frames) {
            if (!open.isEmpty() && !belongs(open, frame)) {
                ranges.add(new PackRange(frame.pack(), List.copyOf(open)));
                open.clear();
            }
            open.add(frame);
        }
        ranges.add(new PackRange(frames.get(0).pack(), List.copyOf(open)));
    }

    private static boolean belongs(List<PlacedFrame> open, PlacedFrame frame) {
        PlacedFrame last = open.get(open.size() - 1);
        int gap = frame.offset() - (last.offset() + last.length());
        int bytes = frame.offset() + frame.length() - open.get(0).offset();
        return gap <= WORTH_READING && bytes <= MOST_BYTES;
    }
}
