package dev.mgit.delta.deflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.deflate.InflateDecoder.Restart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Contents are made, the same on every machine. */
class DeflateEncoderTest {
    /** What is compressed in checkpoints and beside them, and what leads a deflater to its corners. */
    enum Content {
        NOTHING(0),
        ZEROS(300_000),
        NOISE(200_000),
        FLOATS(400_000),
        PRUNED(1 << 20),
        RUNS(1 << 20),
        TEXT(300_000),
        FAR_COPIES(1 << 19);

        private final int length;

        Content(int length) {
            this.length = length;
        }

        byte[] bytes() {
            byte[] bytes = new byte[length];
            var random = new Random(17);
            switch (this) {
                case NOTHING, ZEROS -> {}
                case NOISE -> random.nextBytes(bytes);
                case FLOATS -> {
                    for (int i = 0; i < length; i++) {
                        bytes[i] = (byte) (i % 4 == 3 ? 0x3c | random.nextInt(2) << 7 : random.nextInt());
                    }
                }
                case PRUNED -> {
                    for (int i = 0; i < length; i++) {
                        bytes[i] = (byte) (random.nextInt(40) == 0 ? random.nextInt() : 0);
                    }
                }
                case RUNS -> {
                    for (int i = 0; i < length; i++) {
                        bytes[i] = (byte) (i % 300 < 7 ? random.nextInt() : 0);
                    }
                }
                case TEXT -> {
                    byte[] words = "loss step layer weight bias adam 0.001 epoch\n".getBytes(StandardCharsets.US_ASCII);
                    for (int i = 0; i < length; ) {
                        int from = random.nextInt(words.length);
                        for (int k = from; k < words.length && i < length && k < from + 9; k++) {
                            bytes[i++] = words[k];
                        }
                    }
                }
                case FAR_COPIES -> {
                    random.nextBytes(bytes);
                    for (int i = 33_000; i < length; i++) {
                        // A match at the greatest distance zlib allows, and one beyond it.
                        bytes[i] = bytes[i - 32_506 - (i >> 16 & 1)];
                    }
                }
            }
            return bytes;
        }
    }

    /** What zlib 1.2.13 makes of each content, all levels one after the other. */
    @ParameterizedTest
    @CsvSource({
        "NOTHING, 8, 2 2 2 2 2 2 2 2 2, 751e6395",
        "NOTHING, 9, 2 2 2 2 2 2 2 2 2, 751e6395",
        "ZEROS, 8, 1325 1325 1325 307 307 307 307 307 307, 488c7b77",
        "ZEROS, 9, 1325 1325 1325 307 307 307 307 307 307, 488c7b77",
        "NOISE, 8, 200065 200065 200065 200065 200065 200065 200065 200065 200065, 3b7ce363",
        "NOISE, 9, 200035 200035 200035 200035 200035 200035 200035 200035 200035, d31c61e2",
        "FLOATS, 8, 356281 356382 356396 354269 354269 354269 354269 354269 354269, 39cb90e3",
        "FLOATS, 9, 356146 356225 356252 354063 354063 354063 354063 354063 354063, 239b3ff0",
        "PRUNED, 8, 96359 95711 90484 80579 78731 77986 77732 74915 72473, 179dac2c",
        "PRUNED, 9, 94082 93485 91721 81553 79970 78190 77905 75041 72497, c76253b3",
        "RUNS, 8, 38364 38361 38360 35249 35274 36475 36475 34189 34305, 95e6f5b1",
        "RUNS, 9, 38321 38332 38331 35220 35242 36459 36459 34163 34278, 804e48eb",
        "TEXT, 8, 55411 55900 55208 52101 51734 49362 46757 43328 43328, 3eeb49e5",
        "TEXT, 9, 55361 55865 55077 52079 51684 49363 46722 43291 43291, 96b78384",
        "FAR_COPIES, 8, 299974 299974 299974 299327 299327 299327 299327 299327 299327, 6f86a49b",
        "FAR_COPIES, 9, 299579 299579 299579 298468 298468 298468 298468 298468 298468, fae8bbc9",
    })
    void makesWhatZlibMakes(Content content, int memory, String lengths, String crc32) throws IOException {
        List<String> made = new ArrayList<>();
        var crc = new CRC32();
        for (int level = 1; level <= 9; level++) {
            byte[] packed = deflate(content.bytes(), new DeflateSettings(level, memory), 1 << 16);
            made.add(String.valueOf(packed.length));
            crc.update(packed);
        }
        assertThat(String.join(" ", made)).isEqualTo(lengths);
        assertThat(Long.toHexString(crc.getValue())).isEqualTo(crc32);
    }

    @ParameterizedTest
    @EnumSource
    void whatItMakesUnpacksToTheSame(Content content) throws IOException {
        byte[] bytes = content.bytes();
        for (int level : new int[] {1, 3, 6, 9}) {
            byte[] packed = deflate(bytes, new DeflateSettings(level, 8 + level % 2), 1 << 16);
            assertThat(inflate(packed)).as("level %s", level).isEqualTo(bytes);
        }
    }

    @Test
    void inWhatPiecesBytesComeChangesNothing() throws IOException {
        for (Content content : List.of(Content.TEXT, Content.FAR_COPIES)) {
            for (int level : new int[] {1, 6}) {
                var settings = new DeflateSettings(level, 8);
                byte[] whole = deflate(content.bytes(), settings, 1 << 30);
                for (int piece : new int[] {1, 777, 65_274, 65_275}) {
                    assertThat(deflate(content.bytes(), settings, piece)).isEqualTo(whole);
                }
            }
        }
    }

    /** Short contents of few symbols: codes of one symbol, overlong codes, ends right after a match. */
    @Test
    void anyContentOfSeed3IsTheSameAfterwards() throws IOException {
        var random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[random.nextInt(5000)];
            int symbols = 1 + random.nextInt(1 << random.nextInt(9));
            for (int k = 0; k < bytes.length; k++) {
                boolean again = k > 300 && random.nextInt(4) == 0;
                bytes[k] = again ? bytes[k - 1 - random.nextInt(300)] : (byte) random.nextInt(symbols);
            }
            var settings = new DeflateSettings(1 + random.nextInt(9), 8 + random.nextInt(2));
            assertThat(inflate(deflate(bytes, settings, 1 + random.nextInt(6000))))
                    .isEqualTo(bytes);
        }
    }

    @Test
    void decodingBeginsAgainAtAnyBlock() throws IOException {
        byte[] bytes = Content.FLOATS.bytes();
        byte[] packed = deflate(bytes, new DeflateSettings(6, 8), 1 << 16);
        List<Restart> restarts = new ArrayList<>();
        var decoder = new InflateDecoder(new ByteArrayInputStream(packed), Restart.BEGINNING);
        byte[] buffer = new byte[1000];
        do {
            Restart restart = decoder.restart();
            if (restart != null) {
                restarts.add(restart);
            }
        } while (decoder.read(buffer, 0, buffer.length) >= 0);

        assertThat(restarts).hasSizeGreaterThan(20);
        for (Restart restart : restarts) {
            int from = (int) (restart.bit() / 8);
            var rest = new ByteArrayInputStream(packed, from, packed.length - from);
            assertThat(inflate(new InflateDecoder(rest, restart)))
                    .isEqualTo(Arrays.copyOfRange(bytes, (int) restart.position(), bytes.length));
        }
    }

    @Test
    void whatIsNoStreamIsRefused() throws IOException {
        byte[] packed = deflate(Content.TEXT.bytes(), new DeflateSettings(6, 8), 1 << 16);
        assertThatThrownBy(() -> inflate(Arrays.copyOf(packed, packed.length - 1)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> inflate(new byte[] {7, 0})).isInstanceOf(IOException.class);
        var random = new Random(4);
        for (int i = 0; i < 2000; i++) {
            byte[] broken = Arrays.copyOf(packed, 3000);
            broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                inflate(broken);
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("Index");
            }
        }
    }

    private static byte[] deflate(byte[] bytes, DeflateSettings settings, int piece) throws IOException {
        var out = new ByteArrayOutputStream();
        var encoder = new DeflateEncoder(settings, out);
        for (int at = 0; at < bytes.length; at += piece) {
            encoder.write(bytes, at, Math.min(piece, bytes.length - at));
        }
        encoder.finish();
        return out.toByteArray();
    }

    private static byte[] inflate(byte[] packed) throws IOException {
        return inflate(new InflateDecoder(new ByteArrayInputStream(packed), Restart.BEGINNING));
    }

    private static byte[] inflate(InflateDecoder decoder) throws IOException {
        var out = new ByteArrayOutputStream();
        byte[] buffer = new byte[5000];
        for (int count = decoder.read(buffer, 0, buffer.length);
                count >= 0;
                count = decoder.read(buffer, 0, buffer.length)) {
            out.write(buffer, 0, count);
        }
        return out.toByteArray();
    }
}
