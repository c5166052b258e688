package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.IdSet;
import dev.mgit.lineage.remote.pack.PackedFrame;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;

/** Frames that are to be sent, each after those it is predicted from: some 60 bytes each, made when they are asked for. */
final class PlannedFrames extends AbstractList<PackedFrame> implements RandomAccess {
    private final IdSet ids = new IdSet();
    private final IdSet sourceIds = new IdSet();
    private int[] lengths = new int[16];
    private int[] rawLengths = new int[16];
    private byte[] depths = new byte[16];
    /** Where the sources of each frame end in {@link #sources}. */
    private int[] sourceEnds = new int[16];

    private int[] sources = new int[16];
    private int size;

    static PlannedFrames of(Collection<PackedFrame> frames) {
        var planned = new PlannedFrames();
        planned.addAll(frames);
        return planned;
    }

    /** The number of a block's frame, -1 if there is none. */
    int find(BlockId id) {
        return ids.find(id.bytes());
    }

    int depth(int number) {
        return depths[number] & 0xff;
    }

    /** @throws IllegalArgumentException if there is a frame of that block */
    @Override
    public boolean add(PackedFrame frame) {
        if (ids.add(frame.id().bytes()) != size) {
            throw new IllegalArgumentException("block " + frame.id().hex() + " twice");
        }
        if (size == lengths.length) {
            int longer = size + size / 2;
            lengths = Arrays.copyOf(lengths, longer);
            rawLengths = Arrays.copyOf(rawLengths, longer);
            depths = Arrays.copyOf(depths, longer);
            sourceEnds = Arrays.copyOf(sourceEnds, longer);
        }
        lengths[size] = frame.length();
        rawLengths[size] = frame.rawLength();
        depths[size] = (byte) frame.depth();
        int end = sourceStart(size);
        for (BlockId source : frame.sources()) {
            if (end == sources.length) {
                sources = Arrays.copyOf(sources, end + end / 2);
            }
            sources[end++] = sourceIds.add(source.bytes());
        }
        sourceEnds[size++] = end;
        return true;
    }

    private int sourceStart(int number) {
        return number == 0 ? 0 : sourceEnds[number - 1];
    }

    @Override
    public PackedFrame get(int number) {
        if (number >= size) {
            throw new IndexOutOfBoundsException(number);
        }
        BlockId[] from = new BlockId[sourceEnds[number] - sourceStart(number)];
        for (int i = 0; i < from.length; i++) {
            from[i] = BlockId.of(sourceIds.get(sources[sourceStart(number) + i]));
        }
        return new PackedFrame(
                BlockId.of(ids.get(number)), lengths[number], rawLengths[number], depth(number), List.of(from));
    }

    @Override
    public int size() {
        return size;
    }
}
