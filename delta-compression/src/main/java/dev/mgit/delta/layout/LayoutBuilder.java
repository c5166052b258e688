package dev.mgit.delta.layout;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.Layout.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * Collects what a reader finds, in any order: ranges of tensor data, between which it fills the gaps, and tensors as
 * their owner sees them. Where ranges overlap, the one that starts first stays, of two that start together the longer,
 * and of two at the same place the one that was added first; the others are left out.
 */
public final class LayoutBuilder {
    /** Several times the tensors of any public model; bounds what a hostile header can make a reader allocate. */
    public static final int MAX_TENSORS = 1 << 20;
    /** More dimensions than NumPy (64) or PyTorch (64) allow. */
    public static final int MAX_RANK = 64;

    /** Twice, as both lists count, what the longest header of any format holds: the 100 MB of safetensors. */
    private static final long MAX_NAME_CHARACTERS = 200_000_000;

    private final String format;
    private final long size;
    private final List<Range> ranges = new ArrayList<>();
    private final Map<String, Integer> rangeNames = new HashMap<>();
    private final List<LogicalTensor> tensors = new ArrayList<>();
    private final Map<String, Integer> tensorNames = new HashMap<>();
    private long nameCharacters;

    /** @param size bytes of the whole file */
    public LayoutBuilder(String format, long size) {
        this.format = format;
        this.size = size;
    }

    /**
     * Adds a tensor whose data are a range, row-major and little-endian.
     *
     * @throws FormatException if it reaches beyond the file
     * @throws UnsupportedFormatException if there are too many
     */
    void tensor(long offset, TensorSpec spec) {
        range(offset, spec);
        view(LogicalTensor.rowMajor(spec, offset));
    }

    /**
     * Adds a range of tensor data that storage is to know of. A name that was used before gets a number.
     *
     * @throws FormatException if it reaches beyond the file
     * @throws UnsupportedFormatException if there are too many
     */
    public void range(long offset, TensorSpec spec) {
        long length = spec.byteLength();
        if (offset < 0 || length > size || offset > size - length) {
            throw new FormatException("tensor " + spec.name() + " has " + length + " bytes from byte " + offset
                    + ", but the file ends at byte " + size);
        }
        bound(ranges.size(), spec.name());
        String name = unused(spec.name(), rangeNames);
        ranges.add(new Range(offset, length, Optional.of(new TensorSpec(name, spec.dtype(), spec.shape()))));
    }

    /**
     * Adds a tensor as its owner sees it. A name that was used before gets a number.
     *
     * @throws FormatException if it reaches beyond the file
     * @throws UnsupportedFormatException if there are too many
     */
    public void view(LogicalTensor tensor) {
        tensor.check(size);
        bound(tensors.size(), tensor.name());
        String name = unused(tensor.name(), tensorNames);
        LogicalTensor known = !tensor.isEndless(size)
                ? tensor
                : LogicalTensor.unreadable(
                        name,
                        tensor.spec().shape(),
                        tensor.offset(),
                        tensor.span(),
                        "it repeats its elements to " + tensor.spec().byteLength() + " bytes");
        tensors.add(known.named(name));
    }

    /**
     * Adds what another reader found in a part of the file.
     *
     * @param offset where the part begins
     * @param naming gives a tensor of the part its name in the file
     */
    public void embed(Layout part, long offset, UnaryOperator<String> naming) {
        for (Range range : part.ranges()) {
            range.tensor().ifPresent(spec -> {
                var named = new TensorSpec(naming.apply(spec.name()), spec.dtype(), spec.shape());
                range(offset + range.offset(), named);
            });
        }
        for (LogicalTensor tensor : part.tensors()) {
            view(tensor.movedBy(offset).named(naming.apply(tensor.name())));
        }
    }

    private void bound(int count, String name) {
        nameCharacters += name.length();
        if (count >= MAX_TENSORS || nameCharacters > MAX_NAME_CHARACTERS) {
            throw new UnsupportedFormatException(
                    "it has more than " + MAX_TENSORS + " tensors, or " + MAX_NAME_CHARACTERS + " characters of names");
        }
    }

    private static String unused(String name, Map<String, Integer> names) {
        String result = name;
        while (names.putIfAbsent(result, 1) != null) {
            result = name + "#" + names.merge(name, 1, Integer::sum);
        }
        return result;
    }

    public Layout build() {
        ranges.sort(inOrder(Range::offset, Range::length));
        List<Range> all = new ArrayList<>();
        long position = 0;
        for (Range range : ranges) {
            if (range.offset() < position) {
                continue;
            }
            if (range.offset() > position) {
                all.add(new Range(position, range.offset() - position, Optional.empty()));
            }
            all.add(range);
            position = range.end();
        }
        if (position < size) {
            all.add(new Range(position, size - position, Optional.empty()));
        }
        tensors.sort(inOrder(LogicalTensor::offset, LogicalTensor::span));
        return new Layout(format, all, tensors);
    }

    private static <T> Comparator<T> inOrder(ToLongFunction<T> offset, ToLongFunction<T> length) {
        return Comparator.comparingLong(offset)
                .thenComparing((T one) -> length.applyAsLong(one) > 0)
                .thenComparing(Comparator.comparingLong(length).reversed());
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
