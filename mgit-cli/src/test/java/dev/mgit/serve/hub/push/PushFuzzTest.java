package dev.mgit.serve.hub.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.lineage.text.VisibleText;
import dev.mgit.serve.http.HttpError;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that clients push: understood in full, or refused with a status. */
class PushFuzzTest {
    private static final PushLimits LIMITS = new PushLimits(1 << 20, Duration.ofDays(1), 100, 1 << 16);

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

    @TempDir
    private Path folder;

    private interface Work {
        void run() throws IOException;
    }

    static Stream<byte[]> commits() {
        String header = "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n";
        String unknown = header + "{\"key\":\"f\\n\\u001b[2Jile\",\"value\":{\"path\":\"a\"}}\n";
        return Stream.of(
                unknown.getBytes(StandardCharsets.UTF_8),
                ("{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"parentCommit\":\"" + "0".repeat(40)
                                + "\"}}\n{\"key\":\"file\",\"value\":{\"path\":\"a\",\"content\":\"YQ==\",\"encoding\":\"base64\"}}\n"
                                + "{\"key\":\"lfsFile\",\"value\":{\"path\":\"b\",\"algo\":\"sha256\",\"oid\":\""
                                + "a".repeat(64)
                                + "\",\"size\":12}}\n{\"key\":\"deletedFolder\",\"value\":{\"path\":\"c\"}}\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("commits")
    @FuzzTest(maxDuration = "5m")
    void commit(byte[] bytes) throws IOException {
        refusedOrFine(() -> CommitBody.read(new ByteArrayInputStream(bytes), LIMITS, NOTHING));
    }

    static Stream<byte[]> shards() {
        var terms = List.of(new MadeXet.Term("a".repeat(64), 0, 3, 9), new MadeXet.Term("b".repeat(64), 2, 9, 7));
        return Stream.of(MadeXet.shard(List.of(new MadeXet.File("c".repeat(64), terms))));
    }

    @MethodSource("shards")
    @FuzzTest(maxDuration = "5m")
    void shard(byte[] bytes) throws IOException {
        refusedOrFine(() -> XetShard.read(new ByteArrayInputStream(bytes), file -> {}));
    }

    static Stream<byte[]> xorbs() {
        byte[] text = "a rose is a rose is a rose".getBytes(StandardCharsets.UTF_8);
        return Stream.of(MadeXet.xorb(List.of(text, text, text)));
    }

    /** Chunks decode to as many bytes as they say, or the upload is refused. */
    @MethodSource("xorbs")
    @FuzzTest(maxDuration = "5m")
    void xorb(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("xorb"), bytes);
        refusedOrFine(() -> {
            try (Xorb xorb = Xorb.open(file)) {
                int chunks = 0;
                while (xorb.bytes(0, chunks + 1) >= 0) {
                    chunks++;
                }
                var out = new ByteArrayOutputStream();
                xorb.copy(0, chunks, out);
                assertThat((long) out.size()).isEqualTo(xorb.bytes(0, chunks));
            }
        });
    }

    private static void refusedOrFine(Work work) throws IOException {
        try {
            work.run();
        } catch (HttpError e) {
            assertThat(e.getMessage()).isEqualTo(VisibleText.of(e.getMessage()));
        }
    }
}
