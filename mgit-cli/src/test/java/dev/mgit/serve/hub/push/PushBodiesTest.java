package dev.mgit.serve.hub.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.serve.http.HttpError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients send is read as it is, or refused, however it is damaged. Everything here is made. */
class PushBodiesTest {
    private static final int ROUNDS = 3000;

    @TempDir
    private Path dir;

    private static List<byte[]> chunks(Random random) {
        List<byte[]> chunks = new ArrayList<>();
        for (int length : new int[] {0, 1, 2, 3, 4, 5, 15, 16, 19, 270, 4097, 70_000}) {
            for (int kind = 0; kind < 3; kind++) {
                byte[] chunk = new byte[length];
                if (kind == 1) {
                    random.nextBytes(chunk);
                } else if (kind == 2) {
                    for (int i = 0; i < length; i++) {
                        chunk[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt() : i / 64);
                    }
                }
                chunks.add(chunk);
            }
        }
        return chunks;
    }

    @Test
    void chunksAreDecodedWhateverTheirScheme() throws IOException {
        List<byte[]> chunks = chunks(new Random(1));
        Path file = Files.write(dir.resolve("xorb"), MadeXet.xorb(chunks));
        try (Xorb xorb = Xorb.open(file)) {
            for (int i = 0; i < chunks.size(); i++) {
                var out = new ByteArrayOutputStream();
                xorb.copy(i, i + 1, out);
                assertThat(out.toByteArray()).as("chunk %s", i).isEqualTo(chunks.get(i));
                assertThat(xorb.bytes(i, i + 1)).isEqualTo(chunks.get(i).length);
            }
            assertThat(xorb.bytes(0, chunks.size() + 1)).isEqualTo(-1);
            assertThat(xorb.bytes(2, 1)).isEqualTo(-1);
        }
    }

    @Test
    void anyLengthComesBack() {
        var random = new Random(2);
        for (int length = 0; length < 600; length++) {
            byte[] raw = new byte[length];
            for (int i = 0; i < length; i++) {
                raw[i] = (byte) random.nextInt(1 + length % 5);
            }
            assertThat(Lz4Frame.decode(MadeXet.lz4(raw), length)).isEqualTo(raw);
        }
    }

    @Test
    void framesThatClaimOtherLengthsAreRefused() {
        byte[] frame = MadeXet.lz4(new byte[500]);
        for (int length : new int[] {0, 1, 499, 501, 5000}) {
            assertThatThrownBy(() -> Lz4Frame.decode(frame, length)).isInstanceOf(HttpError.class);
        }
    }

    @Test
    void damagedFramesAreRefusedOrDecoded() {
        var random = new Random(3);
        byte[] raw = chunks(random).get(32);
        byte[] frame = MadeXet.lz4(raw);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damaged(frame, random);
            refusedOrFine(() -> Lz4Frame.decode(damaged, raw.length));
        }
    }

    @Test
    void damagedXorbsAreRefusedOrRead() throws IOException {
        var random = new Random(4);
        byte[] sound = MadeXet.xorb(chunks(random).subList(0, 30));
        for (int round = 0; round < ROUNDS / 10; round++) {
            Path file = Files.write(dir.resolve("xorb"), damaged(sound, random));
            refusedOrFine(() -> {
                try (Xorb xorb = Xorb.open(file)) {
                    int count = 0;
                    while (xorb.bytes(count, count + 1) >= 0) {
                        xorb.copy(count, count + 1, new ByteArrayOutputStream());
                        count++;
                    }
                }
            });
        }
    }

    /** Headers without chunks would fill the memory of a server that keeps them all. */
    @Test
    void aXorbOfVeryManyChunksIsRefused() throws IOException {
        Path file = Files.write(dir.resolve("xorb"), new byte[(1 << 16) * 8 + 8]);
        assertThatThrownBy(() -> Xorb.open(file)).isInstanceOf(HttpError.class);
        Files.write(file, new byte[(1 << 16) * 8]);
        try (Xorb xorb = Xorb.open(file)) {
            assertThat(xorb.bytes(0, 1 << 16)).isZero();
        }
    }

    @Test
    void shardsTellHowFilesAreMade() throws IOException {
        String a = "0123456789abcdef".repeat(4);
        var terms = List.of(new MadeXet.Term(a, 0, 3, 4_000_000_000L), new MadeXet.Term(a, 2, 9, 7));
        byte[] shard = MadeXet.shard(
                List.of(new MadeXet.File("c".repeat(64), terms), new MadeXet.File("d".repeat(64), List.of())));
        List<XetShard.File> files = new ArrayList<>();
        XetShard.read(new ByteArrayInputStream(shard), files::add);
        assertThat(files)
                .containsExactly(
                        new XetShard.File(
                                "c".repeat(64),
                                List.of(new XetShard.Term(a, 0, 3, 4_000_000_000L), new XetShard.Term(a, 2, 9, 7))),
                        new XetShard.File("d".repeat(64), List.of()));
    }

    @Test
    void damagedShardsAreRefusedOrRead() {
        var random = new Random(5);
        var terms = List.of(new MadeXet.Term("a".repeat(64), 0, 3, 9), new MadeXet.Term("b".repeat(64), 2, 9, 7));
        byte[] sound = MadeXet.shard(List.of(new MadeXet.File("c".repeat(64), terms)));
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damaged(sound, random);
            refusedOrFine(() -> XetShard.read(new ByteArrayInputStream(damaged), file -> {}));
        }
    }

    @Test
    void damagedCommitsAreRefusedOrRead() {
        var random = new Random(6);
        byte[] sound = ("{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"description\":\"d\"}}\n"
                        + "{\"key\":\"file\",\"value\":{\"content\":\"aGk=\",\"path\":\"a\",\"encoding\":\"base64\"}}\n"
                        + "{\"key\":\"lfsFile\",\"value\":{\"path\":\"b\",\"algo\":\"sha256\",\"oid\":\""
                        + "a".repeat(64)
                        + "\",\"size\":12}}\n{\"key\":\"deletedFile\",\"value\":{\"path\":\"c\"}}\n")
                .getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = damaged(sound, random);
            refusedOrFine(() -> CommitBody.read(new ByteArrayInputStream(damaged), limits(), NOTHING));
        }
    }

    @Test
    void aMessageIsPlainText() throws IOException {
        String line =
                "{\"key\":\"header\",\"value\":{\"summary\":\"a\\u0000b\\nc\",\"description\":\"d\\r\\ne\\u001b[31m\"}}";
        CommitBody.Header header =
                CommitBody.read(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)), limits(), NOTHING);
        assertThat(header.summary()).isEqualTo("a b c");
        assertThat(header.description()).isEqualTo("d\ne [31m");
    }

    private static PushLimits limits() {
        return new PushLimits(1 << 20, Duration.ofDays(1), 100, 1 << 16);
    }

    private static final CommitBody.Operations NOTHING = new CommitBody.Operations() {
        @Override
        public void file(String path, byte[] content) {}

        @Override
        public void large(String path, String sha256, Optional<Long> size) {}

        @Override
        public void deleteFile(String path) {}

        @Override
        public void deleteFolder(String path) {}
    };

    private interface Reading {
        void run() throws IOException;
    }

    /** Whatever is thrown but a refusal fails the test. */
    private static void refusedOrFine(Reading reading) {
        try {
            reading.run();
        } catch (HttpError e) {
            assertThat(e.status()).isBetween(400, 499);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A few bytes changed, or the end cut off, or a part repeated. */
    private static byte[] damaged(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        int kind = random.nextInt(4);
        if (kind == 0) {
            return Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        if (kind == 1) {
            int from = random.nextInt(bytes.length);
            byte[] longer = Arrays.copyOf(bytes, bytes.length + from);
            System.arraycopy(bytes, 0, longer, bytes.length, from);
            return longer;
        }
        return bytes;
    }
}
