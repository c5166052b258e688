package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.Packing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a large file is made of: its byte ranges in order, each a stored object, and its tensors as their owner sees
 * them. Kept in Git; the bytes are in the parameter store. Of a file with deflate streams, this is said of its content:
 * see {@link Packing}.
 *
 * @param format the reader that understood the file: {@code safetensors}, {@code onnx}, {@code opaque}, …
 * @param size bytes of the file
 * @param sha256 SHA-256 of the whole file, lower-case hexadecimal: what {@code sha256sum} and model hubs print
 * @param tensors in the order of their bytes
 * @param packing how the file is made of its content
 */
public record Manifest(
        String format, long size, String sha256, List<Entry> entries, List<Tensor> tensors, Packing packing) {
    /**
     * One range of the file.
     *
     * @param tensor what the range is to storage; empty where the bytes are not a tensor's
     * @param object holds them, and others too where {@code tensor} is empty
     * @param start where in the object they start
     */
    public record Entry(long offset, long length, Optional<TensorSpec> tensor, ObjectId object, long start) {
        /** A range that is an object of its own. */
        public Entry(long offset, long length, Optional<TensorSpec> tensor, ObjectId object) {
            this(offset, length, tensor, object, 0);
        }

        /** Where in the file the range ends. */
        public long end() {
            return offset + length;
        }
    }

    /**
     * One tensor of the file.
     *
     * @param object what an object of its data alone, row-major and little-endian, is called: equal where dtype aside the
     *     data are equal, however they lie in the file. Stored under that id only if the tensor is a range of its own.
     */
    public record Tensor(LogicalTensor seen, ObjectId object) {
        public String name() {
            return seen.name();
        }

        public TensorSpec spec() {
            return seen.spec();
        }
    }

    public Manifest {
        entries = List.copyOf(entries);
        tensors = List.copyOf(tensors);
    }

    /** One of a file that is its own content. */
    public Manifest(String format, long size, String sha256, List<Entry> entries, List<Tensor> tensors) {
        this(format, size, sha256, entries, tensors, Packing.NONE);
    }

    /** One whose tensors are its ranges. */
    public Manifest(String format, long size, String sha256, List<Entry> entries) {
        this(format, size, sha256, entries, rangesOf(entries));
    }

    /** Bytes of the content, which the ranges tile. */
    public long contentSize() {
        return packing.contentSize(size);
    }

    /** What the file's reader made of it. */
    public Layout layout() {
        List<Layout.Range> ranges = entries.stream()
                .map(entry -> new Layout.Range(entry.offset(), entry.length(), entry.tensor()))
                .toList();
        return new Layout(format, ranges, tensors.stream().map(Tensor::seen).toList(), packing);
    }

    /** The number of the last range that begins at a position or before; 0 if there is none. */
    public int entryAt(long position) {
        int low = 0;
        int high = entries.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (entries.get(middle).offset() <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Of tensors that are second names of others: their name, and that of the first. */
    public Map<String, String> ties() {
        Map<LogicalTensor, String> first = new HashMap<>();
        Map<String, String> ties = new HashMap<>();
        for (Tensor tensor : tensors) {
            boolean shares =
                    tensor.seen().unreadable().isEmpty() && tensor.spec().elements() > 0;
            String before = shares ? first.putIfAbsent(tensor.seen().named(""), tensor.name()) : null;
            if (before != null) {
                ties.put(tensor.name(), before);
            }
        }
        return ties;
    }

    /** Whether it is of the same bytes as another, stored as the same objects. */
    public boolean isSameFile(Manifest other) {
        return sha256.equals(other.sha256)
                && format.equals(other.format)
                && entries.equals(other.entries)
                && packing.equals(other.packing);
    }

    /** Whether the tensors are the ranges, one for one. */
    public boolean tensorsAreRanges() {
        return tensors.equals(rangesOf(entries));
    }

    private static List<Tensor> rangesOf(List<Entry> entries) {
        List<Tensor> tensors = new ArrayList<>();
        for (Entry entry : entries) {
            entry.tensor()
                    .ifPresent(spec ->
                            tensors.add(new Tensor(LogicalTensor.rowMajor(spec, entry.offset()), entry.object())));
        }
        return tensors;
    }

    /**
     * Compares what a file's bytes hash to with what is written down.
     *
     * @param digest SHA-256 of the whole file
     * @throws MgitException of kind INTEGRITY if they differ
     */
    public void requireDigest(byte[] digest) {
        String actual = HexFormat.of().formatHex(digest);
        if (!actual.equals(sha256)) {
            throw MgitException.integrity("its bytes have SHA-256 " + actual + ", but its manifest says " + sha256);
        }
    }
}
