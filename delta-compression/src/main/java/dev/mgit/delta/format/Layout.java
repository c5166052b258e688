package dev.mgit.delta.format;

import dev.mgit.delta.TensorSpec;
import java.util.List;
import java.util.Optional;

/**
 * The byte ranges of one file, in order, without gaps or overlaps, from the first byte to the last.
 *
 * @param format name of the reader that made it, e.g. {@code safetensors}, {@code onnx}, {@code opaque}
 */
public record Layout(String format, List<Range> ranges) {
    /**
     * One byte range of a file.
     *
     * @param tensor the tensor whose row-major little-endian data the range is; empty for headers, padding and bytes
     *     nothing is known about
     */
    public record Range(long offset, long length, Optional<TensorSpec> tensor) {
        public long end() {
            return offset + length;
        }
    }

    public Layout {
        ranges = List.copyOf(ranges);
    }
}
