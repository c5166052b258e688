package dev.mgit.delta.layout;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
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

    /** Elements row after row without gaps, little-endian. */
    public record RowMajor(long offset) implements Place {}

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

        public static Sign of(boolean conjugate, boolean negative) {
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
     * A box of elements.
     *
     * @param offset byte of the file at which the first of them begins
     * @param from index of that in the tensor, along each dimension
     * @param shape elements along each dimension
     */
    public record Piece(long offset, List<Long> from, List<Long> shape) {
        public Piece {
            from = List.copyOf(from);
            shape = List.copyOf(shape);
        }

        long elements() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /**
     * Elements in several places: the chunks of HDF5. What is in none is zero.
     *
     * @param strides from each element of a piece to the next along each dimension, in elements
     * @param order of an element's bytes
     */
    public record Pieces(List<Piece> pieces, List<Long> strides, Order order) implements Place {
        public Pieces {
            pieces = List.copyOf(pieces);
            strides = List.copyOf(strides);
        }
    }

    /**
     * Elements that nobody here can find.
     *
     * @param offset of the bytes that hold the tensor, as far as known
     * @param length of these; 0 if they are not known
     * @param reason why, as the end of a sentence: {@code it is quantized}
     */
    public record Unreadable(long offset, long length, String reason) implements Place {}

    /** A view may repeat the elements of its storage; one of more bytes, and of so many files, is not read. */
    private static final long MOST_REPEATED = 1L << 30;

    private static final long MOST_REPEATED_TIMES = 64;

    /**
     * Strides that no step is ever taken by are made those of a row-major tensor, and a strided tensor that is row-major
     * is called so: equal tensors are equal.
     *
     * @throws IllegalArgumentException if there is not one stride for each dimension, or one is negative
     */
    public LogicalTensor {
        if (place instanceof Strided strided) {
            List<Long> strides = usedStrides(spec.shape(), strided.strides());
            boolean plain = strided.order() == Order.LITTLE_ENDIAN && strided.sign() == Sign.AS_STORED;
            place = plain && strides.equals(rowMajorStrides(spec.shape()))
                    ? new RowMajor(strided.offset())
                    : new Strided(strided.offset(), strides, strided.order(), strided.sign());
        }
    }

    /** A piece of one, as a tensor of its own. */
    static LogicalTensor part(TensorSpec whole, Pieces place, Piece piece) {
        return new LogicalTensor(
                new TensorSpec(whole.name(), whole.dtype(), piece.shape()),
                new Strided(piece.offset(), place.strides(), place.order(), Sign.AS_STORED));
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
        return new LogicalTensor(spec, new RowMajor(offset));
    }

    /** @param shape as far as known; where it has more elements than can be counted, it is left out */
    public static LogicalTensor unreadable(String name, List<Long> shape, long offset, long length, String reason) {
        TensorSpec spec = new TensorSpec(name, Dtype.OPAQUE, shape);
        return new LogicalTensor(
                isCountable(spec) ? spec : new TensorSpec(name, Dtype.OPAQUE, List.of()),
                new Unreadable(offset, length, reason));
    }

    private static boolean isCountable(TensorSpec spec) {
        try {
            return spec.elements() >= 0;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /** The same tensor in a file that begins so many bytes earlier. */
    public LogicalTensor movedBy(long bytes) {
        Place moved;
        if (place instanceof RowMajor at) {
            moved = new RowMajor(at.offset() + bytes);
        } else if (place instanceof Strided at) {
            moved = new Strided(at.offset() + bytes, at.strides(), at.order(), at.sign());
        } else if (place instanceof Varints at) {
            moved = new Varints(at.offset() + bytes, at.length());
        } else if (place instanceof Pieces at) {
            List<Piece> pieces = at.pieces().stream()
                    .map(piece -> new Piece(piece.offset() + bytes, piece.from(), piece.shape()))
                    .toList();
            moved = new Pieces(pieces, at.strides(), at.order());
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
        return place instanceof RowMajor;
    }

    /** First byte of the file that belongs to it. */
    public long offset() {
        if (place instanceof RowMajor at) {
            return at.offset();
        }
        if (place instanceof Strided at) {
            return at.offset();
        }
        if (place instanceof Pieces at) {
            return at.pieces().stream().mapToLong(Piece::offset).min().orElse(0);
        }
        return place instanceof Varints at ? at.offset() : ((Unreadable) place).offset();
    }

    /**
     * Bytes of the file from its first to its last, those between its elements included.
     *
     * @throws ArithmeticException if they do not fit 63 bits
     */
    public long span() {
        if (place instanceof RowMajor) {
            return spec.byteLength();
        }
        if (place instanceof Strided strided) {
            return Strides.of(this, strided).span();
        }
        if (place instanceof Pieces at) {
            long end = at.pieces().stream()
                    .mapToLong(piece ->
                            Math.addExact(piece.offset(), part(spec, at, piece).span()))
                    .max()
                    .orElse(0);
            return Math.subtractExact(end, offset());
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
        if (place instanceof Strided strided) {
            return new StridedBytes(file, Strides.of(this, strided), this);
        }
        if (place instanceof Pieces pieces) {
            return new PieceBytes(file, spec, pieces);
        }
        return new SliceByteSource(file, offset(), span());
    }

    /** Whether other elements can be written in the place of its own. */
    public boolean canBeWritten() {
        if (place instanceof Pieces pieces) {
            return areWhole(pieces);
        }
        return place instanceof RowMajor
                || (place instanceof Strided strided
                        && Strides.of(this, strided).areApart());
    }

    /** Whether each element has a place in the file to itself. */
    private boolean areWhole(Pieces place) {
        List<LogicalTensor> parts = place.pieces().stream()
                .map(piece -> part(spec, place, piece))
                .sorted(Comparator.comparingLong(LogicalTensor::offset))
                .toList();
        long reached = 0;
        for (LogicalTensor part : parts) {
            if (part.offset() < reached || !part.canBeWritten()) {
                return false;
            }
            reached = part.offset() + part.span();
        }
        return parts.stream().mapToLong(part -> part.spec().elements()).sum() == spec.elements();
    }

    /**
     * Writes elements in the place of its own, as {@link #open} would give them; what lies between them stays.
     *
     * @param position of the first in the tensor's data, in bytes
     * @param bytes whole elements, {@code length} bytes from its front
     * @param file the file as it is
     * @param target takes bytes of the file
     */
    public void write(long position, byte[] bytes, int length, ByteSource file, Target target) throws IOException {
        if (place instanceof Strided strided) {
            new StridedBytes(file, Strides.of(this, strided), this).write(position, bytes, length, target);
        } else if (place instanceof Pieces pieces) {
            new PieceBytes(file, spec, pieces).write(position, bytes, length, target);
        } else {
            target.write(offset() + position, Arrays.copyOf(bytes, length));
        }
    }

    /** Takes bytes of a file. */
    @FunctionalInterface
    public interface Target {
        void write(long position, byte[] bytes) throws IOException;
    }

    /**
     * Holds it against the file it is in.
     *
     * @throws FormatException if it reaches beyond the file, or its parts contradict each other
     */
    public void check(long fileSize) {
        LayoutBuilder.checkedLength(spec);
        if (place instanceof Pieces pieces) {
            check(pieces);
        }
        boolean isCut = place instanceof Strided || place instanceof Pieces;
        if (isCut && spec.dtype().blockElements() > 1) {
            throw new FormatException("tensor " + name() + " of dtype " + spec.dtype() + " is cut between its bytes");
        }
        long span;
        try {
            span = span();
        } catch (ArithmeticException e) {
            span = -1;
        }
        if (offset() < 0 || span < 0 || span > fileSize || offset() > fileSize - span) {
            throw new FormatException("tensor " + name() + " has " + (span < 0 ? "too many" : span)
                    + " bytes from byte " + offset() + ", but the file ends at byte " + fileSize);
        }
    }

    /** Whether the pieces are of this tensor, and do not repeat its elements. */
    private void check(Pieces place) {
        long elements = 0;
        for (Piece piece : place.pieces()) {
            boolean fits = piece.offset() >= 0
                    && piece.from().size() == spec.shape().size()
                    && piece.shape().size() == spec.shape().size();
            for (int i = 0; fits && i < spec.shape().size(); i++) {
                long from = piece.from().get(i);
                long length = piece.shape().get(i);
                fits = from >= 0 && length > 0 && length <= spec.shape().get(i) - from;
            }
            elements += fits ? piece.elements() : 0;
            if (!fits || elements > spec.elements()) {
                throw new FormatException("tensor " + name() + " has a piece that is none of it");
            }
        }
    }

    /** Whether its elements repeat to more bytes than anybody should read of a file of that size. */
    public boolean isEndless(long fileSize) {
        return unreadable().isEmpty() && spec.byteLength() > Math.max(MOST_REPEATED, MOST_REPEATED_TIMES * fileSize);
    }

    public static List<Long> rowMajorStrides(List<Long> shape) {
        List<Long> strides = new ArrayList<>();
        long step = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            strides.add(0, step);
            step *= shape.contains(0L) ? 1 : shape.get(i);
        }
        return strides;
    }
}
