package dev.mgit.lineage.maintain;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.IdSet;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.frame.Region;
import dev.mgit.lineage.parameters.ParameterStore;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * What is to be known of every block without its bytes: size, depth, how it is coded, and which blocks it is predicted
 * from. Filled by one pass over the store; about 60 bytes a block, blocks that are only named included.
 */
final class BlockTable {
    private static final int END = -1;

    private final IdSet ids = new IdSet();
    private final BitSet present = new BitSet();
    private final Map<Integer, String> damaged = new TreeMap<>();
    private int[] rawLengths = new int[0];
    private int[] storedLengths = new int[0];
    private byte[] depths = new byte[0];
    /** Predictor code, -1 for none, and the payload's method. */
    private short[] predictors = new short[0];

    private byte[] methods = new byte[0];
    /** Where a block's sources begin in {@link #sources}, which are ended by {@link #END}; -1 for none. */
    private int[] firstSources = new int[0];

    private int[] sources = new int[64];
    private int sourcesUsed;

    /** Takes in every block of a store. */
    void readAll(ParameterStore store) {
        store.forEachBlock(this::read);
    }

    /** Takes in one block's frame; one that cannot be parsed is noted as damaged. */
    void read(BlockId id, byte[] stored) {
        int number = number(id);
        present.set(number);
        storedLengths[number] = stored.length;
        Frame frame;
        try {
            frame = Frame.parse(stored);
        } catch (MgitException | IllegalArgumentException e) {
            damage(number, String.valueOf(e.getMessage()));
            depths[number] = (byte) Frame.MAX_DEPTH;
            return;
        }
        rawLengths[number] = frame.rawLength();
        depths[number] = (byte) frame.depth();
        methods[number] = frame.payload().length == 0 ? -1 : frame.payload()[0];
        frame.prediction().ifPresent(prediction -> {
            predictors[number] = (short) prediction.predictor();
            firstSources[number] = sourcesUsed;
            for (Region region : prediction.sources()) {
                for (BlockId source : region.blocks()) {
                    append(number(source));
                }
            }
            append(END);
        });
    }

    private void append(int source) {
        if (sourcesUsed == sources.length) {
            sources = Arrays.copyOf(sources, sources.length + sources.length / 2);
        }
        sources[sourcesUsed++] = source;
    }

    /** A block's number; a block not seen before gets one. */
    int number(BlockId id) {
        int number = ids.add(id.bytes());
        if (number >= rawLengths.length) {
            int length = Math.max(1024, rawLengths.length + rawLengths.length / 2);
            int before = rawLengths.length;
            rawLengths = Arrays.copyOf(rawLengths, length);
            storedLengths = Arrays.copyOf(storedLengths, length);
            depths = Arrays.copyOf(depths, length);
            predictors = Arrays.copyOf(predictors, length);
            Arrays.fill(predictors, before, length, (short) -1);
            methods = Arrays.copyOf(methods, length);
            firstSources = Arrays.copyOf(firstSources, length);
            Arrays.fill(firstSources, before, length, END);
        }
        return number;
    }

    /** A block's number, -1 if it was never seen. */
    int find(BlockId id) {
        return ids.find(id.bytes());
    }

    void setDepth(int number, int depth) {
        depths[number] = (byte) depth;
    }

    void damage(int number, String why) {
        damaged.putIfAbsent(number, why);
    }

    /** Numbers are below this. */
    int size() {
        return ids.size();
    }

    BlockId id(int number) {
        return BlockId.of(ids.get(number));
    }

    int firstByte(int number) {
        return ids.firstByte(number);
    }

    boolean isPresent(int number) {
        return present.get(number);
    }

    /** What is wrong with blocks, by number. */
    Map<Integer, String> damaged() {
        return damaged;
    }

    int rawLength(int number) {
        return rawLengths[number];
    }

    int storedLength(int number) {
        return storedLengths[number];
    }

    int depth(int number) {
        return depths[number] & 0xff;
    }

    /** Code of the predictor, -1 for none. */
    int predictor(int number) {
        return predictors[number];
    }

    int method(int number) {
        return methods[number];
    }

    void forEachSource(int number, IntConsumer visitor) {
        int at = firstSources[number];
        if (at >= 0) {
            for (int i = at; sources[i] != END; i++) {
                visitor.accept(sources[i]);
            }
        }
    }

    /** The blocks given and all that they are predicted from, however far down. */
    BitSet withSources(BitSet blocks) {
        BitSet closed = (BitSet) blocks.clone();
        int[] open = blocks.stream().toArray();
        int count = open.length;
        int[][] stack = {Arrays.copyOf(open, Math.max(16, count))};
        int[] top = {count};
        while (top[0] > 0) {
            int next = stack[0][--top[0]];
            forEachSource(next, source -> {
                if (!closed.get(source)) {
                    closed.set(source);
                    if (top[0] == stack[0].length) {
                        stack[0] = Arrays.copyOf(stack[0], stack[0].length * 2);
                    }
                    stack[0][top[0]++] = source;
                }
            });
        }
        return closed;
    }
}
