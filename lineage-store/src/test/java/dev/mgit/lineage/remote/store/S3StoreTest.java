package dev.mgit.lineage.remote.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.S3Server;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real S3 server. */
class S3StoreTest extends RemoteStoreContract {
    @TempDir
    static Path folder;

    private static S3Server server;

    private RemoteStore store;

    @BeforeAll
    static void start() throws Exception {
        server = new S3Server(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void open() {
        store = RemoteStores.open(server.url("team-" + UUID.randomUUID()));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    RemoteStore store() {
        return store;
    }

    @Test
    void aBucketThatIsMissingIsNotAnObjectThatIs() {
        try (RemoteStore none = RemoteStores.open(server.url("x").replace("models", "no-such-bucket"))) {
            assertThatThrownBy(() -> none.get("a", ByteRange.first(1)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("there is no bucket no-such-bucket");
            assertThatThrownBy(() -> none.put("a", Content.of(new byte[1]))).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void aStoreBelowOnePrefixSeesNothingOfAnother() {
        store.put("a", Content.of(new byte[1]));
        try (RemoteStore other = RemoteStores.open(server.url("other"))) {
            assertThat(other.head("a")).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3://",
                "s3://A_Bucket",
                "s3://bucket/../up",
                "s3://bucket?endpoint=ftp://host",
                "s3://bucket?endpoint=http://user:pass@host",
                "s3://bucket?unknown=1",
                "s3://bucket?endpoint",
                "s3://key:secret@bucket"
            })
    void urlsThatAreNoneAreRefused(String url) {
        assertThatThrownBy(() -> RemoteStores.open(url)).isInstanceOfSatisfying(MgitException.class, e -> {
            assertThat(e.kind()).isEqualTo(MgitException.Kind.USAGE);
            assertThat(e.getMessage() + e.hint()).doesNotContain("secret");
        });
    }
}
