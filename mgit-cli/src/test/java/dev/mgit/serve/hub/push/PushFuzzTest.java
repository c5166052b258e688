package dev.mgit.serve.hub.push;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.serve.http.HttpError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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

    private interface Work {
        void run() throws IOException;
    }

    static Stream<byte[]> commits() {
        return Stream.of(("{\"key\":\"header\",\"value\":{\"summary\":\"s\",\"parentCommit\":\"" + "0".repeat(40)
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

    private static void refusedOrFine(Work work) throws IOException {
        try {
            work.run();
        } catch (HttpError e) {
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }
}
