package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
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
    void doesNotClaimOtherVersionsOrByteOrders() {
        assertThat(Hostile.layout("x.gguf", file(1, 0, 0)).format()).isEqualTo("opaque");
        assertThat(Hostile.layout("x.gguf", file(0x0300_0000, 0, 0)).format()).isEqualTo("opaque");
    }

    @Test
    void namesWhatIsWrong() {
        refuses("announces", file(3, -1, 0));
        refuses("announces", file(3, 1L << 40, 0));
        refuses("announces", file(3, 0, -1));
        refuses("more bytes are named", file(3, 0, 1, longs(Long.MAX_VALUE)));
        refuses("more bytes are named", file(3, 0, 1, longs(-1)));
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
