package dev.mgit.delta.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ByteEscapesTest {
    @Test
    void aByteIsEscapedAsPythonDoes() throws IOException {
        assertThat(text(ByteEscapes.UTF_8, 0, 127, 128, 255)).isEqualTo("\0\u007f\u00c2\u0080\u00c3\u00bf");
        assertThat(text(ByteEscapes.UNICODE, '\\', 0, 10, 13, 26, 255))
                .isEqualTo("\\u005c\\u0000\\u000a\\u000d\\u001a\u00ff");
        assertThat(text(ByteEscapes.UNICODE_LINE, '\\', 0, 10, 13)).isEqualTo("\\u005c\0\\u000a\r");
        assertThat(text(ByteEscapes.SINGLE_QUOTED, 9, 10, 13, '\'', '"', '\\', 0, 127, 255, 'a'))
                .isEqualTo("\\t\\n\\r\\'\"\\\\\\x00\\x7f\\xffa");
        assertThat(text(ByteEscapes.DOUBLE_QUOTED, '\'', 0)).isEqualTo("'\\x00");
    }

    private static String text(ByteEscapes escapes, int... values) throws IOException {
        return new String(encoded(escapes, bytes(values)), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(ByteEscapes.class)
    void whatIsDecodedComesOutAgain(ByteEscapes escapes) throws IOException {
        byte[] bytes = new byte[100_000];
        new Random(5).nextBytes(bytes);
        byte[] text = encoded(escapes, bytes);
        var file = new MemoryByteSource(text);

        assertThat(escapes.decodedLength(file, 0, text.length)).contains((long) bytes.length);
        var packing = new Packing(List.of(new PackedStream(0, bytes.length, text.length, escapes)));
        ByteSource content = packing.unpack(file);
        var random = new Random(6);
        for (int i = 0; i < 50; i++) {
            int from = random.nextInt(bytes.length);
            byte[] part = new byte[random.nextInt(Math.min(20_000, bytes.length - from))];
            content.read(from, part, 0, part.length);
            assertThat(part).isEqualTo(Arrays.copyOfRange(bytes, from, from + part.length));
        }
        for (int from : new int[] {0, 1, text.length / 2, text.length - 1}) {
            try (InputStream made = packing.pack(from, at -> new SourceInputStream(content, at, content.size() - at))) {
                assertThat(made.readAllBytes()).isEqualTo(Arrays.copyOfRange(text, from, text.length));
            }
        }
    }

    /** Each has one way to write a byte: any other would come out changed. */
    @Test
    void whatIsWrittenInAnotherWayIsNotDecoded() throws IOException {
        assertThat(isDecoded(ByteEscapes.UTF_8, 0xc0, 0x80)).isFalse();
        assertThat(isDecoded(ByteEscapes.UTF_8, 0xc4, 0x80)).isFalse();
        assertThat(isDecoded(ByteEscapes.UTF_8, 0x80)).isFalse();
        assertThat(isDecoded(ByteEscapes.UTF_8, 0x41, 0xc2)).isFalse();
        assertThat(isDecoded(ByteEscapes.UNICODE, '\\', 'u', '0', '0', '4', '1'))
                .isFalse();
        assertThat(isDecoded(ByteEscapes.UNICODE, '\\', 'u', '0', '0', '0', 'A'))
                .isFalse();
        assertThat(isDecoded(ByteEscapes.UNICODE, '\r')).isFalse();
        assertThat(isDecoded(ByteEscapes.SINGLE_QUOTED, '\\', 'x', '4', '1')).isFalse();
        assertThat(isDecoded(ByteEscapes.SINGLE_QUOTED, '\\', 'x', 'F', 'F')).isFalse();
        assertThat(isDecoded(ByteEscapes.SINGLE_QUOTED, '\\')).isFalse();
        assertThat(isDecoded(ByteEscapes.SINGLE_QUOTED, '\\', '\'')).isTrue();
        assertThat(isDecoded(ByteEscapes.UTF_8)).isTrue();
    }

    private static boolean isDecoded(ByteEscapes escapes, int... text) throws IOException {
        return escapes.decodedLength(new MemoryByteSource(bytes(text)), 0, text.length)
                .isPresent();
    }

    private static byte[] encoded(ByteEscapes escapes, byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        StreamCoder.Encoder encoder = escapes.encoder(out);
        for (int at = 0; at < bytes.length; at += 7_000) {
            encoder.write(bytes, at, Math.min(7_000, bytes.length - at));
        }
        encoder.finish();
        return out.toByteArray();
    }
}
