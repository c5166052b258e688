package dev.mgit.lineage.tensorindex;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.graph.GraphData;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/** One pass over a {@link TensorIndex} for one question. */
final class TensorIndexScan {
    private static final int BUFFER = 1 << 20;
    /** A longer record, of a version with over thirty million tensors, is not believed. */
    private static final int MOST_PAYLOAD = 1 << 28;

    /** Dtype and dimensions of a tensor. */
    private record Shape(int dtype, List<Long> dimensions) {}

    private final LineageGraph graph;
    private final TensorCondition wanted;
    private final int hashMask;
    private final int hash;
    private final Map<Shape, Integer> shapes = new HashMap<>();
    private final BitSet fittingShapes = new BitSet();
    private final BitSet known = new BitSet();
    private final BitSet hits = new BitSet();
    private long size;
    private int last = -1;

    TensorIndexScan(LineageGraph graph, TensorCondition wanted) {
        this.graph = graph;
        this.wanted = wanted;
        String digits = wanted.hash().orElse("");
        int used = Math.min(digits.length(), 2 * Integer.BYTES);
        this.hashMask = used == 0 ? 0 : -1 << (4 * (2 * Integer.BYTES - used));
        this.hash = used == 0
                ? 0
                : Integer.parseUnsignedInt(digits.substring(0, used) + "0".repeat(2 * Integer.BYTES - used), 16);
    }

    /** Versions of the graph that the index has. */
    BitSet known() {
        return known;
    }

    /** Versions of the graph with a tensor that fits as far as the index can say. */
    BitSet hits() {
        return hits;
    }

    VersionId id(int node) {
        return graph.id(node);
    }

    /** True if the file has not grown since it was read. */
    boolean sawAll(long sizeNow) {
        return sizeNow == size;
    }

    /** Reads a file up to its end or to the first record that is not whole and sound; returns where that is. */
    long read(FileChannel channel) throws IOException {
        size = channel.size();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
        long next = 0;
        long sound = 0;
        while (true) {
            int need = sound == 0 ? TensorIndexWriter.HEADER : needed(buffer);
            if (need < 0 || need > size - sound) {
                return sound;
            }
            if (buffer.remaining() < need) {
                buffer = withRoom(buffer, need);
                int read = channel.read(buffer, next);
                next += Math.max(0, read);
                buffer.flip();
                if (read <= 0) {
                    return sound;
                }
                continue;
            }
            if (sound == 0 ? !header(buffer) : !record(buffer, need)) {
                return sound;
            }
            sound += need;
        }
    }

    /** The unread bytes at the front of a buffer that is long enough, ready to be added to. */
    private static ByteBuffer withRoom(ByteBuffer buffer, int need) {
        return need <= buffer.capacity()
                ? buffer.compact()
                : ByteBuffer.allocate(need).put(buffer);
    }

    /** Bytes of the record that begins here, as far as that can be told; −1 if it cannot be one. */
    private static int needed(ByteBuffer buffer) {
        if (buffer.remaining() < TensorIndexWriter.FRAME) {
            return TensorIndexWriter.FRAME;
        }
        int payload = buffer.getInt(buffer.position() + Integer.BYTES);
        return payload < 0 || payload > MOST_PAYLOAD ? -1 : payload + TensorIndexWriter.FRAME;
    }

    private static boolean header(ByteBuffer buffer) {
        return buffer.getLong() == TensorIndexWriter.MAGIC && buffer.getInt() == TensorIndexWriter.FORMAT;
    }

    private boolean record(ByteBuffer buffer, int length) {
        CRC32 crc = new CRC32();
        crc.update(buffer.array(), buffer.arrayOffset() + buffer.position(), length - Integer.BYTES);
        int kind = buffer.getInt();
        ByteBuffer payload = buffer.slice(buffer.position() + Integer.BYTES, length - TensorIndexWriter.FRAME);
        buffer.position(buffer.position() + length - 2 * Integer.BYTES);
        if (buffer.getInt() != (int) crc.getValue()) {
            return false;
        }
        if (kind == TensorIndexWriter.SHAPE) {
            int dtype = payload.getInt();
            List<Long> dimensions = new ArrayList<>();
            while (payload.remaining() >= Long.BYTES) {
                dimensions.add(payload.getLong());
            }
            number(new Shape(dtype, dimensions));
            return true;
        }
        return kind == TensorIndexWriter.VERSION && version(payload);
    }

    private boolean version(ByteBuffer payload) {
        if (payload.remaining() < GraphData.ID_BYTES) {
            return false;
        }
        byte[] bytes = payload.array();
        int at = payload.arrayOffset();
        int end = at + payload.remaining();
        // Versions are written down as the graph numbers them, so it is most often the next one.
        int node = graph.find(bytes, at, last + 1);
        if (node < 0) {
            return true; // of a version that is gone, or not there yet
        }
        last = node;
        known.set(node);
        for (at += GraphData.ID_BYTES; at <= end - 2 * Integer.BYTES; at += 2 * Integer.BYTES) {
            if (fits(number(bytes, at), number(bytes, at + Integer.BYTES))) {
                hits.set(node);
                return true;
            }
        }
        return true;
    }

    /** Plain shifts: this is asked of every tensor of every version, before anything but the interpreter is warm. */
    private static int number(byte[] bytes, int at) {
        return bytes[at] << 24 | (bytes[at + 1] & 0xff) << 16 | (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff);
    }

    private boolean fits(int start, int shape) {
        return (start & hashMask) == hash && fittingShapes.get(Math.max(0, shape));
    }

    private int number(Shape shape) {
        Integer number = shapes.get(shape);
        if (number == null) {
            number = shapes.size();
            shapes.put(shape, number);
            boolean dtypeFits = wanted.dtype()
                    .map(Dtype::code)
                    .map(code -> code == shape.dtype())
                    .orElse(true);
            fittingShapes.set(number, dtypeFits && wanted.fitsShape(shape.dimensions()));
        }
        return number;
    }

    /** Takes a version in that the file does not have, and writes it down. */
    void add(int node, List<TensorLocation> tensors, TensorIndexWriter writer) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(GraphData.ID_BYTES + tensors.size() * 2 * Integer.BYTES);
        payload.put(HexFormat.of().parseHex(id(node).hex()));
        boolean hit = false;
        for (TensorLocation tensor : tensors) {
            Shape shape = new Shape(tensor.spec().dtype().code(), tensor.spec().shape());
            int before = shapes.size();
            int number = number(shape);
            if (number == before) {
                writer.record(TensorIndexWriter.SHAPE, bytes(shape));
            }
            int start = Integer.parseUnsignedInt(tensor.object().hex().substring(0, 2 * Integer.BYTES), 16);
            payload.putInt(start).putInt(number);
            hit |= fits(start, number);
        }
        writer.record(TensorIndexWriter.VERSION, payload.array());
        known.set(node);
        hits.set(node, hit);
    }

    private static byte[] bytes(Shape shape) {
        ByteBuffer payload =
                ByteBuffer.allocate(Integer.BYTES + shape.dimensions().size() * Long.BYTES);
        payload.putInt(shape.dtype());
        shape.dimensions().forEach(payload::putLong);
        return payload.array();
    }
}
