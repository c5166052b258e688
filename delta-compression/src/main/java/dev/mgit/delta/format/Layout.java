package dev.mgit.delta.format;

import dev.mgit.delta.TensorSpec;
import java.util.List;
import java.util.Optional;

/**
 * The byte ranges of one file, in order, without gaps or overlaps, from the first byte to the last. Only a tensor
 * without elements has an empty range, and no two tensors have the same name.
 *
 * @param format name of the reader that made it, e.g. {@code safetensors}, {@code onnx}, {@code opaque}
 */
public record Layout(String format, List<Range> ranges) {
    /**
     * One byte range of a file.
     *
     * @param tensor the tensor whose row-major little-endian data the range is (where a file stores a transposed view, the
     *     dimensions stand in the order their bytes lie); of dtype {@code OPAQUE} where only
     *     its name is known; empty for headers, padding and bytes nothing is known about
     */
    public record Range(long offset, long length, Optional<TensorSpec> tensor) {
        public long end() {
            return offset + length;
        }
    }

    /** @throws IllegalArgumentException if a range does not begin where the one before it ends */
    public Layout {
        ranges = List.copyOf(ranges);
        long position = 0;
        for (Range range : ranges) {
            if (range.offset() != position || range.length() < 0) {
                throw new IllegalArgumentException(
                        "range at " + range.offset() + " where " + position + " is expected");
            }
            position = range.end();
        }
    }

    /** Bytes of the whole file. */
    public long size() {
        return ranges.isEmpty() ? 0 : ranges.get(ranges.size() - 1).end();
    }
}
