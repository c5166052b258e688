package dev.mgit.delta.format.gguf;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import dev.mgit.delta.layout.LogicalTensor.Strided;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads GGUF files, versions 1 to 3, after the GGUF specification in the ggml project ({@code docs/gguf.md}): magic,
 * version, counts, metadata, tensor infos, then the data, each aligned. Metadata are walked over, not kept. Tensors of
 * big-endian files are stored as bytes, unless their elements are single bytes.
 */
public final class GgufReader implements FormatReader {
    private static final int TYPE_U32 = 4;
    private static final int TYPE_STRING = 8;
    private static final int TYPE_ARRAY = 9;
    /** Bytes of each metadata value type, 0 where it varies; 0-12: u8 i8 u16 i16 u32 i32 f32 bool str arr u64 i64 f64. */
    private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

    private static final int MAX_KEY = 0xffff;
    /** The specification allows 64 bytes, newer ggml 128. */
    private static final int MAX_NAME = 256;

    private static final int MAX_RANK = 8;
    private static final int MAX_ARRAY_DEPTH = 8;
    private static final long DEFAULT_ALIGNMENT = 32;
    private static final long MAX_ALIGNMENT = 1 << 20;

    /** One tensor info; the offset counts from the start of the data. */
    private record Info(String name, int type, List<Long> shape, long offset) {}

    @Override
    public String name() {
        return "gguf";
    }

    @Override
    public boolean checksumsTensors() {
        return false;
    }

    @Override
    public boolean isExport() {
        return true;
    }

    @Override
    public boolean ownsName(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".gguf");
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        if (!GgufInput.isGguf(source)) {
            return notThis(fileName, "the letters GGUF");
        }
        GgufInput in = GgufInput.open(source);
        long tensors = in.count();
        long values = in.count();
        if (tensors < 0 || tensors > LayoutBuilder.MAX_TENSORS || values < 0) {
            throw new FormatException("the GGUF header announces " + Long.toUnsignedString(tensors) + " tensors and "
                    + Long.toUnsignedString(values) + " metadata values");
        }
        long alignment = alignment(in, values);
        List<Info> infos = new ArrayList<>();
        for (long i = 0; i < tensors; i++) {
            infos.add(info(in));
        }
        long data = (in.position() + alignment - 1) / alignment * alignment;
        return Optional.of(layout(source, data, infos, in.isBigEndian()));
    }

    private static long alignment(GgufInput in, long values) throws IOException {
        long alignment = DEFAULT_ALIGNMENT;
        for (long i = 0; i < values; i++) {
            String key = in.text(MAX_KEY);
            int type = in.i32();
            if (key.equals("general.alignment") && type == TYPE_U32) {
                alignment = in.u32();
            } else {
                skipValue(in, type, 0);
            }
        }
        if (alignment < 1 || alignment > MAX_ALIGNMENT) {
            throw new FormatException("general.alignment is " + alignment + ", not between 1 and " + MAX_ALIGNMENT);
        }
        return alignment;
    }

    private static void skipValue(GgufInput in, int type, int depth) throws IOException {
        if (type < 0 || type >= VALUE_BYTES.length || depth > MAX_ARRAY_DEPTH) {
            throw new FormatException("before byte " + in.position() + " is metadata of the unknown type "
                    + Integer.toUnsignedString(type) + ", or arrays nested too deep");
        }
        if (type == TYPE_STRING) {
            in.skip(in.count());
        } else if (type == TYPE_ARRAY) {
            skipArray(in, depth + 1);
        } else {
            in.skip(VALUE_BYTES[type]);
        }
    }

    private static void skipArray(GgufInput in, int depth) throws IOException {
        int type = in.i32();
        long count = in.count();
        // Every element takes a byte at least.
        if (count < 0 || count > in.remaining()) {
            throw new FormatException("before byte " + in.position() + " is an array of " + Long.toUnsignedString(count)
                    + " elements, with " + in.remaining() + " bytes left");
        }
        if (type >= 0 && type < VALUE_BYTES.length && VALUE_BYTES[type] > 0) {
            in.skip(Math.multiplyExact(count, (long) VALUE_BYTES[type]));
            return;
        }
        for (long i = 0; i < count; i++) {
            skipValue(in, type, depth);
        }
    }

    private static Info info(GgufInput in) throws IOException {
        String name = in.text(MAX_NAME);
        long rank = in.u32();
        if (rank > MAX_RANK) {
            throw new FormatException("tensor " + name + " has " + rank + " dimensions, more than " + MAX_RANK);
        }
        // The file lists dimensions innermost first.
        List<Long> shape = new ArrayList<>();
        for (long i = 0; i < rank; i++) {
            shape.add(0, in.count());
        }
        int type = in.i32();
        return new Info(name, type, shape, in.i64());
    }

    private Layout layout(ByteSource source, long data, List<Info> infos, boolean bigEndian) throws IOException {
        var layout = new LayoutBuilder(name(), source.size());
        for (Info info : infos) {
            GgmlTypes.Type type = GgmlTypes.byNumber(info.type());
            if (info.offset() < 0 || info.offset() > source.size() - data) {
                throw new FormatException("the data of tensor " + info.name() + " begin at byte "
                        + Long.toUnsignedString(info.offset()) + " of the data, after the end of the file");
            }
            long offset = data + info.offset();
            if (type.blockBytes() > 0) {
                TensorSpec spec = spec(info, type);
                TensorSpec seen = new TensorSpec(info.name(), type.seen(), info.shape());
                layout.range(offset, stored(spec, bigEndian));
                layout.view(bigEndian ? bigEndian(seen, offset) : LogicalTensor.rowMajor(seen, offset));
            } else {
                layout.view(LogicalTensor.unreadable(
                        info.name(), info.shape(), offset, 0, "its type " + info.type() + " is not known"));
            }
        }
        return layout.build();
    }

    /** Elements whose bytes stand in the other order; of blocks nobody says what that would be. */
    private static LogicalTensor bigEndian(TensorSpec seen, long offset) {
        return seen.dtype().blockElements() > 1
                ? LogicalTensor.unreadable(
                        seen.name(),
                        seen.shape(),
                        offset,
                        seen.byteLength(),
                        "it has big-endian blocks of " + seen.dtype())
                : new LogicalTensor(
                        seen,
                        new Strided(
                                offset, LogicalTensor.rowMajorStrides(seen.shape()), Order.BIG_ENDIAN, Sign.AS_STORED));
    }

    private static TensorSpec stored(TensorSpec spec, boolean bigEndian) {
        return bigEndian && spec.dtype() != Dtype.I8
                ? LayoutBuilder.opaque(spec.name(), LayoutBuilder.checkedLength(spec))
                : spec;
    }

    private static TensorSpec spec(Info info, GgmlTypes.Type type) {
        if (type.dtype() != Dtype.OPAQUE) {
            var spec = new TensorSpec(info.name(), type.dtype(), info.shape());
            LayoutBuilder.checkedLength(spec);
            checkRows(info, type);
            return spec;
        }
        long elements = LayoutBuilder.checkedLength(new TensorSpec(info.name(), Dtype.U8, info.shape()));
        checkRows(info, type);
        try {
            long bytes = Math.multiplyExact(elements / type.blockElements(), (long) type.blockBytes());
            return LayoutBuilder.opaque(info.name(), bytes);
        } catch (ArithmeticException e) {
            throw new FormatException("tensor " + info.name() + " is larger than any file");
        }
    }

    /** Blocks never reach over the end of a row. */
    private static void checkRows(Info info, GgmlTypes.Type type) {
        long row = info.shape().isEmpty() ? 1 : info.shape().get(info.shape().size() - 1);
        if (row % type.blockElements() != 0) {
            throw new FormatException("tensor " + info.name() + " has rows of " + row
                    + " elements, which do not fill blocks of " + type.blockElements());
        }
    }
}
