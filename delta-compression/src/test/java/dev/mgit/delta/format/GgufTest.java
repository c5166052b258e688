package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a real file written by the Python library, and on headers made byte by byte. */
class GgufTest {
    private static final byte[] REAL = Hostile.real("tiny.gguf");

    @Test
    void readsWhatThePythonLibraryWrote() {
        Layout layout = Hostile.layout("tiny.gguf", REAL);

        assertThat(layout.format()).isEqualTo("gguf");
        Hostile.covers(layout, REAL.length);
        assertThat(Hostile.tensors(layout))
                .containsExactly(
                        new TensorSpec("blk.0.attn_q.weight", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("blk.0.attn_k.weight", Dtype.F16, List.of(5L, 2L)),
                        new TensorSpec("blk.0.ffn_up.weight", Dtype.Q8_0, List.of(2L, 64L)),
                        new TensorSpec("blk.0.ffn_down.weight", Dtype.OPAQUE, List.of(132L)));
        Layout.Range q = Hostile.range(layout, "blk.0.attn_q.weight");
        assertThat(q.offset() % 64).isZero();
        var data = ByteBuffer.wrap(REAL).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 12; i++) {
            assertThat(data.getFloat((int) q.offset() + 4 * i)).isEqualTo(i);
        }
    }

    @Test
    void leavesTensorsOfUnknownTypesOpaque() {
        Layout layout = Hostile.layout("x.gguf", file(3, 1, 0, info("w", 999, 0, 4)));

        assertThat(layout.format()).isEqualTo("gguf");
        assertThat(Hostile.tensors(layout)).isEmpty();
    }

    @Test
    void keepsLaterVersionsAsOpaqueBytesAndSaysWhy() {
        for (int version : new int[] {0, 4, 0x0400_0000}) {
            Formats.FileLayout reading = Hostile.reading("x.gguf", file(version, 0, 0));

            assertThat(reading.isOpaque()).isTrue();
            assertThat(reading.limit())
                    .hasValueSatisfying(why -> assertThat(why).contains("of the GGUF format"));
        }
    }

    /** Version 1: counts, lengths and dimensions of four bytes. Made after the specification's history. */
    @Test
    void readsVersion1() {
        byte[] name = "w".getBytes(StandardCharsets.UTF_8);
        byte[] key = "tokens".getBytes(StandardCharsets.UTF_8);
        byte[] head = Hostile.concat(
                "GGUF".getBytes(StandardCharsets.US_ASCII),
                ints(1, 1, 1),
                Hostile.concat(ints(key.length), key, ints(9, 8, 2, 1), name, ints(1), name),
                Hostile.concat(ints(1), name, ints(2, 8, 2, 0), longs(0)));
        byte[] file = Hostile.concat(head, new byte[(32 - head.length % 32) % 32], new byte[64]);
        Layout layout = Hostile.layout("x.gguf", file);

        assertThat(layout.format()).isEqualTo("gguf");
        assertThat(Hostile.tensors(layout)).containsExactly(new TensorSpec("w", Dtype.F32, List.of(2L, 8L)));
        assertThat(Hostile.range(layout, "w").offset()).isEqualTo(file.length - 64);
        Hostile.covers(layout, file.length);
        Hostile.flipEveryBit("x.gguf", file);
        assertThat(Hostile.acceptedWhenCut("x.gguf", file)).isEmpty();
    }

    /** Of big-endian data only the name and the length are known, but for single bytes. */
    @Test
    void readsBigEndianFiles() throws IOException {
        byte[] head = Hostile.concat(
                "GGUF".getBytes(StandardCharsets.US_ASCII),
                turned(Integer.BYTES, ints(3)),
                turned(Long.BYTES, longs(2, 1)),
                turned(Long.BYTES, longs(17)),
                "general.alignment".getBytes(StandardCharsets.US_ASCII),
                turned(Integer.BYTES, ints(4, 64)),
                bigEndianInfo("f", 0, 0, 4),
                bigEndianInfo("b", 24, 64, 8));
        byte[] values = new byte[16];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) i;
        }
        byte[] file =
                Hostile.concat(head, new byte[(64 - head.length % 64) % 64], turned(Float.BYTES, values), new byte[56]);
        Layout layout = Hostile.layout("x.gguf", file);

        assertThat(layout.format()).isEqualTo("gguf");
        assertThat(Hostile.tensors(layout))
                .containsExactly(
                        new TensorSpec("f", Dtype.OPAQUE, List.of(16L)), new TensorSpec("b", Dtype.I8, List.of(8L)));
        Hostile.covers(layout, file.length);
        LogicalTensor floats = layout.tensors().get(0);
        assertThat(floats.spec()).isEqualTo(new TensorSpec("f", Dtype.F32, List.of(4L)));
        byte[] read = new byte[values.length];
        floats.open(new MemoryByteSource(file)).read(0, read, 0, read.length);
        assertThat(read).isEqualTo(values);
    }

    private static byte[] bigEndianInfo(String name, int type, long offset, long dimension) {
        return Hostile.concat(
                turned(Long.BYTES, longs(name.length())),
                name.getBytes(StandardCharsets.UTF_8),
                turned(Integer.BYTES, ints(1)),
                turned(Long.BYTES, longs(dimension)),
                turned(Integer.BYTES, ints(type)),
                turned(Long.BYTES, longs(offset)));
    }

    /** Each value of so many bytes the other way round. */
    private static byte[] turned(int width, byte[] values) {
        byte[] turned = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i] = values[i / width * width + width - 1 - i % width];
        }
        return turned;
    }

    @Test
    void namesWhatIsWrong() {
        refuses("announces", file(3, -1, 0));
        refuses("announces", file(3, 1L << 40, 0));
        refuses("announces", file(3, 0, -1));
        refuses("more bytes are expected", file(3, 0, 1, longs(Long.MAX_VALUE)));
        refuses("more bytes are expected", file(3, 0, 1, longs(-1)));
        refuses("unknown type 77", file(3, 0, 1, text("key"), ints(77)));
        refuses("array of 9223372036854775807", file(3, 0, 1, text("key"), ints(9, 0), longs(Long.MAX_VALUE)));
        refuses("general.alignment is 0", file(3, 0, 1, text("general.alignment"), ints(4, 0)));
        refuses("general.alignment is 4294967295", file(3, 0, 1, text("general.alignment"), ints(4, -1)));
        refuses("tensor w has 1000000 dimensions", file(3, 1, 0, text("w"), ints(1_000_000)));
        refuses("negative dimension", file(3, 1, 0, info("w", 0, 0, -1)));
        refuses("more than any file", file(3, 1, 0, info("w", 0, 0, 1L << 40, 1L << 40)));
        refuses("more than any file", file(3, 1, 0, info("w", 16, 0, 1L << 40, 1L << 40)));
        refuses("do not fill blocks of 32", file(3, 1, 0, info("w", 8, 0, 16, 2)));
        refuses("do not fill blocks of 256", file(3, 1, 0, info("w", 16, 0, 16, 16)));
        refuses("tensor w has 4000 bytes", file(3, 1, 0, info("w", 0, 0, 1000)));
        refuses("after the end of the file", file(3, 1, 0, info("w", 0, -32, 1)));
        refuses("after the end of the file", file(3, 1, 0, info("w", 0, Long.MAX_VALUE, 1)));
    }

    @Test
    void refusesArraysNestedWithoutEnd() {
        byte[] array = Hostile.concat(ints(0), longs(0));
        for (int depth = 0; depth < 50; depth++) {
            array = Hostile.concat(ints(9), longs(1), array);
        }
        refuses("nested too deep", file(3, 0, 1, text("key"), ints(9), array));
    }

    /** Only the padding behind the last tensor may be missing. */
    @Test
    void isNeverTakenWhenATensorIsCutOff() {
        long end = Hostile.range(Hostile.layout("x.gguf", REAL), "blk.0.ffn_down.weight")
                .end();

        assertThat(Hostile.acceptedWhenCut("x.gguf", REAL))
                .allSatisfy(length -> assertThat((long) length).isGreaterThanOrEqualTo(end));
    }

    @Test
    void withstandsEveryFlippedBit() {
        Hostile.flipEveryBit("x.gguf", REAL);
    }

    @Test
    void withstandsMutationsOfSeed5() {
        Hostile.mutate("x.gguf", REAL, 5, 5_000);
    }

    private static void refuses(String message, byte[] file) {
        assertThatThrownBy(() -> Hostile.layout("x.gguf", file))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(message);
    }

    /** A header with these counts and parts, then 64 bytes of data. */
    private static byte[] file(int version, long tensors, long values, byte[]... parts) {
        return Hostile.concat(
                "GGUF".getBytes(StandardCharsets.US_ASCII),
                ints(version),
                longs(tensors, values),
                Hostile.concat(parts),
                new byte[64]);
    }

    private static byte[] info(String name, int type, long offset, long... innermostFirst) {
        return Hostile.concat(
                text(name), ints(innermostFirst.length), longs(innermostFirst), ints(type), longs(offset));
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Hostile.concat(longs(bytes.length), bytes);
    }

    private static byte[] ints(int... values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    private static byte[] longs(long... values) {
        var bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }
}
