package dev.mgit.delta.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.deflate.DeflateEncoder;
import dev.mgit.delta.deflate.DeflateSettings;
import dev.mgit.fixtures.ZipFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives are made; whatever is in them, the file comes back from its content to the bit. */
class PackingTest {
    private static final DeflateSettings USUAL = new DeflateSettings(6, 8);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
    void anArchiveIsMadeAgainFromWhatItHolds(int level) throws IOException {
        for (int memory : new int[] {8, 9}) {
            var settings = new DeflateSettings(level, memory);
            byte[] weights = weights(level, 300_000);
            byte[] file = new ZipFile()
                    .deflated("weights", weights, deflate(weights, settings))
                    .stored("config", "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                    .deflated("none", new byte[0], deflate(new byte[0], settings))
                    .deflated("zeros", new byte[100_000], deflate(new byte[100_000], settings))
                    .bytes();

            Packing packing = PackingSearch.of(new MemoryByteSource(file));

            assertThat(packing.streams()).extracting(PackedStream::length).containsExactly(300_000L, 0L, 100_000L);
            ByteSource content = packing.unpack(new MemoryByteSource(file));
            assertThat(read(content, packing.streams().get(0).offset(), weights.length))
                    .isEqualTo(weights);
            assertThat(packing.fileSize(content.size())).isEqualTo(file.length);
            assertThat(packed(packing, content, 0)).isEqualTo(file);
        }
    }

    @Test
    void theFileAndItsContentAreReadFromAnyPlace() throws IOException {
        byte[] first = weights(1, 3 << 20);
        byte[] second = weights(2, 50_000);
        byte[] file = new ZipFile()
                .deflated("first", first, deflate(first, USUAL))
                .deflated("second", second, deflate(second, USUAL))
                .bytes();
        Packing packing = PackingSearch.of(new MemoryByteSource(file));
        ByteSource content = packing.unpack(new MemoryByteSource(file));
        byte[] whole = read(content, 0, (int) content.size());

        var random = new Random(7);
        for (int i = 0; i < 60; i++) {
            int from = random.nextInt(whole.length);
            int length = random.nextInt(Math.min(70_000, whole.length - from));
            assertThat(read(content, from, length)).isEqualTo(Arrays.copyOfRange(whole, from, from + length));
        }
        for (int i = 0; i < 8; i++) {
            int from = random.nextInt(file.length);
            assertThat(packed(packing, content, from)).isEqualTo(Arrays.copyOfRange(file, from, file.length));
        }
        for (long part : packing.parts()) {
            assertThat(packed(packing, content, part)).isEqualTo(Arrays.copyOfRange(file, (int) part, file.length));
        }
        assertThat(packed(packing, content, file.length)).isEmpty();
    }

    @Test
    void entriesAreFoundInTheContent() throws IOException {
        byte[] weights = weights(1, 10_000);
        byte[] file = new ZipFile()
                .deflated("a", weights, deflate(weights, USUAL))
                .stored("b", weights)
                .bytes();
        ByteSource content = PackingSearch.of(new MemoryByteSource(file)).unpack(new MemoryByteSource(file));

        List<ZipDirectory.Entry> entries = ZipDirectory.read(content).orElseThrow();

        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.stored()).isTrue();
            assertThat(read(content, entry.offset(), (int) entry.length())).isEqualTo(weights);
        });
    }

    /** A deflate stream that zlib does not make: stored blocks of weights it would have compressed. */
    @Test
    void whatAnotherCompressorMadeStaysAsItIs() throws IOException {
        byte[] weights = weights(1, 5_000);
        var foreign = new ByteArrayOutputStream();
        foreign.writeBytes(new byte[] {1, (byte) 5_000, 5_000 >> 8, (byte) ~5_000, (byte) (~5_000 >> 8)});
        foreign.writeBytes(weights);
        byte[] own = deflate(weights, USUAL);

        byte[] mixed = new ZipFile()
                .deflated("foreign", weights, foreign.toByteArray())
                .deflated("own", weights, own)
                .bytes();
        byte[] all = new ZipFile()
                .deflated("foreign", weights, foreign.toByteArray())
                .bytes();

        assertThat(PackingSearch.of(new MemoryByteSource(mixed)).streams()).hasSize(1);
        assertThat(PackingSearch.of(new MemoryByteSource(all))).isSameAs(Packing.NONE);
    }

    @Test
    void whatAnArchiveClaimsIsChecked() throws IOException {
        byte[] weights = weights(1, 5_000);
        byte[] packed = deflate(weights, USUAL);
        int crc = ZipFile.crc32(weights);
        byte[] more = Arrays.copyOf(packed, packed.length + 1);
        byte[] less = Arrays.copyOf(packed, packed.length - 1);

        assertThat(search(new ZipFile().deflated("a", crc + 1, 5_000, packed))).isSameAs(Packing.NONE);
        assertThat(search(new ZipFile().deflated("a", crc, 4_999, packed))).isSameAs(Packing.NONE);
        assertThat(search(new ZipFile().deflated("a", crc, 5_001, packed))).isSameAs(Packing.NONE);
        assertThat(search(new ZipFile().deflated("a", crc, -1, packed))).isSameAs(Packing.NONE);
        assertThat(search(new ZipFile().deflated("a", crc, 5_000, more))).isSameAs(Packing.NONE);
        assertThat(search(new ZipFile().deflated("a", crc, 5_000, less))).isSameAs(Packing.NONE);
        assertThat(search(new ZipFile().deflated("a", crc, 5_000, packed)).streams())
                .hasSize(1);
    }

    /** A bomb: more than any weights are packed to. */
    @Test
    void whatUnpacksToFarTooMuchStaysAsItIs() throws IOException {
        byte[] zeros = new byte[100 << 20];
        byte[] packed = deflate(zeros, USUAL);

        assertThat(search(new ZipFile().deflated("bomb", zeros, packed))).isSameAs(Packing.NONE);
    }

    /** Many directory entries may name the same data. */
    @Test
    void ofEntriesThatOverlapTheFirstCounts() throws IOException {
        byte[] weights = weights(1, 5_000);
        byte[] file = new ZipFile()
                .deflated("a", weights, deflate(weights, USUAL))
                .deflated("b", weights, deflate(weights, USUAL))
                .bytes();
        int second = file.length - 22 - 47;
        Arrays.fill(file, second + 42, second + 46, (byte) 0); // its local header is the first one's

        assertThat(PackingSearch.of(new MemoryByteSource(file)).streams()).hasSize(1);
    }

    @Test
    void aFileIsNeverMadeWithOtherSettingsInSilence() throws IOException {
        byte[] weights = weights(1, 50_000);
        byte[] file =
                new ZipFile().deflated("a", weights, deflate(weights, USUAL)).bytes();
        Packing packing = PackingSearch.of(new MemoryByteSource(file));
        PackedStream stream = packing.streams().get(0);
        var other = new Packing(
                List.of(new PackedStream(stream.offset(), stream.length(), stream.packedLength() + 1, stream.coder())));

        assertThatThrownBy(() -> packed(other, packing.unpack(new MemoryByteSource(file)), 0))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("but the manifest says " + (stream.packedLength() + 1));
        assertThatThrownBy(() -> new Packing(List.of(stream, stream))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> packing.fileSize(stream.length() - 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Packing search(ZipFile zip) throws IOException {
        return PackingSearch.of(new MemoryByteSource(zip.bytes()));
    }

    /** Floats of one magnitude, as Gaussian weights are. */
    private static byte[] weights(int seed, int length) {
        byte[] weights = new byte[length];
        new Random(seed).nextBytes(weights);
        for (int i = 3; i < length; i += 4) {
            weights[i] = (byte) (0x3c | weights[i] & 0x81);
        }
        return weights;
    }

    static byte[] deflate(byte[] bytes, DeflateSettings settings) throws IOException {
        var out = new ByteArrayOutputStream();
        var encoder = new DeflateEncoder(settings, out);
        encoder.write(bytes, 0, bytes.length);
        encoder.finish();
        return out.toByteArray();
    }

    private static byte[] read(ByteSource source, long from, int length) throws IOException {
        byte[] bytes = new byte[length];
        source.read(from, bytes, 0, length);
        return bytes;
    }

    private static byte[] packed(Packing packing, ByteSource content, long from) throws IOException {
        try (InputStream file =
                packing.pack(from, position -> new SourceInputStream(content, position, content.size() - position))) {
            return file.readAllBytes();
        }
    }
}
