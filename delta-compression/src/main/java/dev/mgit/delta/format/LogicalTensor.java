package dev.mgit.delta.format;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tensor as its owner sees it: what a library that loads the file calls it, and how its elements are found among the
 * file's bytes. Several may share bytes (tied weights, slices of one storage), and one may not be laid out at all.
 *
 * @param spec name, dtype and shape as the library gives them; of dtype {@code OPAQUE} where there is no dtype for it
 */
public record LogicalTensor(TensorSpec spec, Place place) {
    /** Where a tensor's elements are in its file. */
    public sealed interface Place {}

    /**
     * Elements at regular distances.
     *
     * @param offset byte of the file at which the first element begins
     * @param strides from each element to the next along each dimension, in elements; never negative
     * @param order of an element's bytes
     * @param sign what is to be done to every element
     */
    public record Strided(long offset, List<Long> strides, Order order, Sign sign) implements Place {
        public Strided {
            strides = List.copyOf(strides);
        }
    }

    /** Order of the bytes of an element, of either half of a complex one. */
    public enum Order {
        LITTLE_ENDIAN,
        BIG_ENDIAN
    }

    /** What PyTorch leaves undone until an element is used: its conjugate and negative bits. */
    public enum Sign {
        AS_STORED,
        CONJUGATE,
        NEGATIVE,
        NEGATIVE_CONJUGATE;

        static Sign of(boolean conjugate, boolean negative) {
            return conjugate ? (negative ? NEGATIVE_CONJUGATE : CONJUGATE) : negative ? NEGATIVE : AS_STORED;
        }

        boolean conjugates() {
            return this == CONJUGATE || this == NEGATIVE_CONJUGATE;
        }

        boolean negates() {
            return this == NEGATIVE || this == NEGATIVE_CONJUGATE;
        }
    }

    /**
     * Elements as protobuf varints, one after the other: the typed fields of ONNX. Of dtypes below a byte, each varint
     * holds one packed byte.
     *
     * @param offset of the first, in the file
     * @param length bytes of all of them
     */
    public record Varints(long offset, long length) implements Place {}

    /**
     * Elements that nobody here can find.
     *
     * @param offset of the bytes that hold the tensor, as far as known
     * @param length of these; 0 if they are not known
     * @param reason why, as the end of a sentence: {@code it is quantized}
     */
    public record Unreadable(long offset, long length, String reason) implements Place {}

    /**
     * Strides that no step is ever taken by are made those of a row-major tensor, so that equal tensors are equal.
     *
     * @throws IllegalArgumentException if there is not one stride for each dimension, or one is negative
     */
    public LogicalTensor {
        if (place instanceof Strided strided) {
            place = new Strided(
                    strided.offset(), usedStrides(spec.shape(), strided.strides()), strided.order(), strided.sign());
        }
    }

    private static List<Long> usedStrides(List<Long> shape, List<Long> strides) {
        if (strides.size() != shape.size() || strides.stream().anyMatch(stride -> stride < 0)) {
            throw new IllegalArgumentException("strides " + strides + " do not fit the shape " + shape);
        }
        List<Long> used = new ArrayList<>(rowMajorStrides(shape));
        if (!shape.contains(0L)) {
            for (int i = 0; i < shape.size(); i++) {
                if (shape.get(i) > 1) {
                    used.set(i, strides.get(i));
                }
            }
        }
        return used;
    }

    /** One whose elements lie row after row, little-endian, from a byte of the file on. */
    public static LogicalTensor rowMajor(TensorSpec spec, long offset) {
        return new LogicalTensor(
                spec,
                new Strided(offset, rowMajorStrides(spec.shape()), Order.LITTLE_ENDIAN, Sign.AS_STORED));
    }

    public static LogicalTensor unreadable(String name, List<Long> shape, long offset, long length, String reason) {
        return new LogicalTensor(
                new TensorSpec(name, Dtype.OPAQUE, shape), new Unreadable(offset, length, reason));
    }

    /** The same tensor in a file that begins so many bytes earlier. */
    LogicalTensor movedBy(long bytes) {
        Place moved;
        if (place instanceof Strided at) {
            moved = new Strided(at.offset() + bytes, at.strides(), at.order(), at.sign());
        } else if (place instanceof Varints at) {
            moved = new Varints(at.offset() + bytes, at.length());
        } else {
            Unreadable at = (Unreadable) place;
            moved = new Unreadable(at.offset() + bytes, at.length(), at.reason());
        }
        return new LogicalTensor(spec, moved);
    }

    public LogicalTensor named(String name) {
        return new LogicalTensor(new TensorSpec(name, spec.dtype(), spec.shape()), place);
    }

    public String name() {
        return spec.name();
    }

    /** Why its elements cannot be read, if they cannot. */
    public Optional<String> unreadable() {
        return place instanceof Unreadable hidden ? Optional.of(hidden.reason()) : Optional.empty();
    }

    /** Whether its bytes lie in the file as {@link #open} gives them. */
    public boolean isRowMajor() {
        return place instanceof Strided strided
                && strided.order() == Order.LITTLE_ENDIAN
                && strided.sign() == Sign.AS_STORED
                && strided.strides().equals(rowMajorStrides(spec.shape()));
    }

    /** First byte of the file that belongs to it. */
    public long offset() {
        if (place instanceof Strided strided) {
            return strided.offset();
        }
        return place instanceof Varints varints ? varints.offset() : ((Unreadable) place).offset();
    }

    /**
     * Bytes of the file from its first to its last, those between its elements included.
     *
     * @throws ArithmeticException if they do not fit 63 bits
     */
    public long span() {
        if (place instanceof Strided strided) {
            return isRowMajor() ? spec.byteLength() : Strides.of(this, strided).span();
        }
        return place instanceof Varints varints ? varints.length() : ((Unreadable) place).length();
    }

    /**
     * Its data, row-major and little-endian, elements packed; of an {@link #unreadable} one the bytes that hold it.
     *
     * @param file the bytes of the whole file
     */
    public ByteSource open(ByteSource file) {
        if (place instanceof Varints varints) {
            return new VarintBytes(file, varints, spec);
        }
        if (place instanceof Strided strided && !isRowMajor()) {
            return new StridedBytes(file, Strides.of(this, strided), this);
        }
        return new SliceByteSource(file, offset(), span());
    }

    /**
     * Holds it against the file it is in.
     *
     * @throws FormatException if it reaches beyond the file, or its parts contradict each other
     */
    void check(long fileSize) {
        LayoutBuilder.checkedLength(spec);
        if (!isRowMajor() && place instanceof Strided && spec.dtype().blockElements() > 1) {
            throw new FormatException("tensor " + name() + " of dtype " + spec.dtype() + " is cut between its bytes");
        }
        long span;
        try {
            span = span();
        } catch (ArithmeticException e) {
            span = -1;
        }
        if (offset() < 0 || span < 0 || span > fileSize || offset() > fileSize - span) {
            throw new FormatException("tensor " + name() + " has " + (span < 0 ? "too many" : span) + " bytes from byte "
                    + offset() + ", but the file ends at byte " + fileSize);
        }
    }

    static List<Long> rowMajorStrides(List<Long> shape) {
        List<Long> strides = new ArrayList<>();
        long step = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            strides.add(0, step);
            step *= Math.max(1, shape.get(i));
        }
        return strides;
    }
}
