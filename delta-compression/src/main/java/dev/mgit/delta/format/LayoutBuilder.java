package dev.mgit.delta.format;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.Layout.Range;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collects the tensors a reader finds, in any order, and fills what lies between them. Where tensors overlap, the one
 * that starts first stays, of two that start together the longer, and of two at the same place the one that was added
 * first; the others are left out.
 */
public final class LayoutBuilder {
    /** Several times the tensors of any public model; bounds what a hostile header can make a reader allocate. */
    public static final int MAX_TENSORS = 1 << 20;
    /** More dimensions than NumPy (64) or PyTorch (64) allow. */
    public static final int MAX_RANK = 64;

    /** As many as fit the longest header of any format here, that of safetensors. */
    private static final long MAX_NAME_CHARACTERS = SafetensorsHeader.MAX_JSON;

    private final String format;
    private final long size;
    private final List<Range> tensors = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private long nameCharacters;

    /** @param size bytes of the whole file */
    public LayoutBuilder(String format, long size) {
        this.format = format;
        this.size = size;
    }

    /**
     * Adds a tensor whose data are the bytes from {@code offset} on. A name that was used before gets a number.
     *
     * @throws FormatException if it reaches beyond the file
     * @throws UnsupportedFormatException if there are too many
     */
    public void tensor(long offset, TensorSpec spec) {
        long length = spec.byteLength();
        if (offset < 0 || length > size || offset > size - length) {
            throw new FormatException("tensor " + spec.name() + " has " + length + " bytes from byte " + offset
                    + ", but the file ends at byte " + size);
        }
        nameCharacters += spec.name().length();
        if (tensors.size() >= MAX_TENSORS || nameCharacters > MAX_NAME_CHARACTERS) {
            throw new UnsupportedFormatException(
                    "it has more than " + MAX_TENSORS + " tensors, or " + MAX_NAME_CHARACTERS + " characters of names");
        }
        String name = unused(spec.name());
        TensorSpec named = name.equals(spec.name()) ? spec : new TensorSpec(name, spec.dtype(), spec.shape());
        tensors.add(new Range(offset, length, Optional.of(named)));
    }

    private String unused(String name) {
        String result = name;
        while (names.putIfAbsent(result, 1) != null) {
            result = name + "#" + names.merge(name, 1, Integer::sum);
        }
        return result;
    }

    public Layout build() {
        tensors.sort(Comparator.comparingLong(Range::offset)
                .thenComparing(range -> range.length() > 0)
                .thenComparing(Range::length, Comparator.reverseOrder()));
        List<Range> ranges = new ArrayList<>();
        long position = 0;
        for (Range tensor : tensors) {
            if (tensor.offset() < position) {
                continue;
            }
            if (tensor.offset() > position) {
                ranges.add(new Range(position, tensor.offset() - position, Optional.empty()));
            }
            ranges.add(tensor);
            position = tensor.end();
        }
        if (position < size) {
            ranges.add(new Range(position, size - position, Optional.empty()));
        }
        return new Layout(format, ranges);
    }

    /** A tensor of which only the name and the length are known: bytes in one dimension. */
    public static TensorSpec opaque(String name, long length) {
        return new TensorSpec(name, Dtype.OPAQUE, List.of(length));
    }

    /**
     * Bytes a tensor takes, checked.
     *
     * @throws FormatException if a dimension is negative, the product overflows, or the blocks of a block type are not
     *     filled
     * @throws UnsupportedFormatException if there are too many dimensions
     */
    public static long checkedLength(TensorSpec spec) {
        if (spec.shape().size() > MAX_RANK) {
            throw new UnsupportedFormatException(
                    "tensor " + spec.name() + " has more than " + MAX_RANK + " dimensions");
        }
        for (long dimension : spec.shape()) {
            if (dimension < 0) {
                throw new FormatException("tensor " + spec.name() + " has the negative dimension " + dimension);
            }
        }
        try {
            return spec.byteLength();
        } catch (ArithmeticException e) {
            throw new FormatException("tensor " + spec.name() + " has the shape " + spec.shape()
                    + ", which is more than any file can hold");
        } catch (IllegalArgumentException e) {
            throw new FormatException("tensor " + spec.name() + " has the shape " + spec.shape()
                    + ", which does not fill blocks of " + spec.dtype().blockElements());
        }
    }
}
