package dev.mgit.delta.layout;

import dev.mgit.delta.TensorSpec;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a file is made of, twice: for storage its byte ranges in order, without gaps or overlaps, from the first byte to
 * the last; for everybody else its tensors, as their owner sees them. Only a tensor without elements has an empty
 * range, and no two ranges or tensors have the same name. Places are those in the file's content, see {@link Packing}.
 *
 * @param format name of the reader that made it, e.g. {@code safetensors}, {@code onnx}, {@code opaque}
 * @param tensors in the order of their bytes; they may share bytes, and a tensor need not be a range of its own
 * @param packing how the file is made of its content
 */
public record Layout(String format, List<Range> ranges, List<LogicalTensor> tensors, Packing packing) {
    /**
     * One byte range of a file.
     *
     * @param tensor what the range is to storage, which cuts it after whole rows and predicts it from others: row-major
     *     little-endian data (of a transposed view, the dimensions stand in the order their bytes lie); of dtype
     *     {@code OPAQUE} where only the name is known; empty for headers, padding and bytes nothing is known about
     */
    public record Range(long offset, long length, Optional<TensorSpec> tensor) {
        public long end() {
            return offset + length;
        }
    }

    /** @throws IllegalArgumentException if a range does not begin where the one before it ends */
    public Layout {
        ranges = List.copyOf(ranges);
        tensors = List.copyOf(tensors);
        long position = 0;
        for (Range range : ranges) {
            if (range.offset() != position || range.length() < 0) {
                throw new IllegalArgumentException(
                        "range at " + range.offset() + " where " + position + " is expected");
            }
            position = range.end();
        }
    }

    /** Of a file that is its own content. */
    public Layout(String format, List<Range> ranges, List<LogicalTensor> tensors) {
        this(format, ranges, tensors, Packing.NONE);
    }

    /** One whose tensors are the ranges. */
    public Layout(String format, List<Range> ranges) {
        this(format, ranges, ranges.stream().flatMap(Layout::tensor).toList());
    }

    private static Stream<LogicalTensor> tensor(Range range) {
        return range.tensor().stream().map(spec -> LogicalTensor.rowMajor(spec, range.offset()));
    }

    /** The same of the content of a packed file. */
    public Layout packed(Packing by) {
        return new Layout(format, ranges, tensors, by);
    }

    /** The bytes in which ranges and tensors lie. */
    public ByteSource content(ByteSource file) throws IOException {
        return packing.unpack(file);
    }

    /** Bytes of the whole content. */
    public long size() {
        return ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).end();
    }
}
