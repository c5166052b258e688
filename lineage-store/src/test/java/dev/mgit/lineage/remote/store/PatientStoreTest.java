package dev.mgit.lineage.remote.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.FaultProxy;
import dev.mgit.fixtures.FaultProxy.Fault;
import dev.mgit.fixtures.S3Server;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real client and a real server with a bad network between them. Pauses are noted, not made. */
class PatientStoreTest {
    @TempDir
    static Path folder;

    private static S3Server server;

    private final List<Duration> pauses = new ArrayList<>();
    private FaultProxy network;
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
    void open() throws Exception {
        network = new FaultProxy(server.port());
        store = new PatientStore(S3Store.open(S3Server.url("p" + UUID.randomUUID(), network.port())), pauses::add);
    }

    @AfterEach
    void close() throws Exception {
        store.close();
        network.close();
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new SplittableRandom(1).nextBytes(noise);
        return noise;
    }

    private byte[] read(String key, int length) {
        return store.get(key, ByteRange.first(length)).orElseThrow();
    }

    @Test
    void aBusyStoreIsAskedAgainAfterTheTimeItAsksFor() {
        Fault busy = Fault.answer(503, "Retry-After: 7\n");
        network.next(busy, Fault.answer(500, ""), busy);
        store.put("a", Content.of(noise(1000)));
        assertThat(pauses).hasSize(3);
        assertThat(pauses.get(0)).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(8));
        assertThat(pauses.get(1)).isLessThan(Duration.ofSeconds(2));
        assertThat(read("a", 1000)).isEqualTo(noise(1000));
    }

    @Test
    void aStoreThatStaysBrokenIsGivenUp() {
        Fault broken = Fault.answer(500, "");
        network.next(broken, broken, broken, broken, broken, broken);
        assertThatThrownBy(() -> store.put("a", Content.of(noise(10))))
                .isInstanceOfSatisfying(StoreException.class, e -> {
                    assertThat(e.kind()).isEqualTo(MgitException.Kind.REMOTE);
                    assertThat(e.getMessage()).contains("cannot write a").contains("status 500");
                    assertThat(e.hint()).contains("goes on where it stopped");
                });
        assertThat(pauses).hasSize(5);
        assertThat(pauses.get(4)).isGreaterThan(pauses.get(0).multipliedBy(4));
        assertThat(store.head("a")).isEmpty();
    }

    @Test
    void aRefusalIsNotAskedAgain() {
        network.next(Fault.answer(403, ""));
        assertThatThrownBy(() -> store.put("a", Content.of(noise(10))))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("access denied");
        assertThat(pauses).isEmpty();
    }

    @Test
    void whatIsCutOnItsWayUpIsSentAgain() {
        byte[] large = noise(3 << 20);
        network.next(Fault.cutUpload(0), Fault.cutUpload(100_000), Fault.cutUpload(2 << 20));
        store.put("a", Content.of(large));
        assertThat(network.left()).isZero();
        assertThat(read("a", large.length)).isEqualTo(large);
    }

    @Test
    void whatIsCutOnItsWayDownIsReadAgain() {
        byte[] large = noise(3 << 20);
        store.put("a", Content.of(large));
        network.next(Fault.cutDownload(10), Fault.cutDownload(100_000), Fault.cutDownload(2 << 20));
        assertThat(read("a", large.length)).isEqualTo(large);
        assertThat(network.left()).isZero();
    }

    @Test
    void aLostAnswerIsNotTakenForALostRace() {
        network.next(Fault.cutDownload(0), Fault.cutDownload(0));
        assertThat(store.putIfAbsent("gc/mine", noise(100))).isTrue();
        store.put("gc/theirs", Content.of(noise(50)));
        network.next(Fault.cutDownload(0));
        assertThat(store.putIfAbsent("gc/theirs", noise(100))).isFalse();
    }

    /** As versitygw does it: the answer comes before the body was read. */
    @Test
    void anEarlyRefusalOfAConditionIsUnderstood() {
        network.next(Fault.answer(412, ""));
        assertThat(store.putIfAbsent("a", noise(1000))).isFalse();
        assertThat(network.left()).isZero();
    }

    @Test
    void aServerThatIsNotThereIsSaidInOneSentence() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        RemoteStore nobody = new PatientStore(S3Store.open(S3Server.url("x", port)), pauses::add);
        assertThatThrownBy(() -> nobody.head("a")).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.getMessage()).startsWith("cannot look at a at s3://").doesNotContain("\n");
            assertThat(e.kind().exitCode()).isEqualTo(7);
        });
    }

    @Test
    void aSourceThatBreaksIsNotReadAgain() {
        Content broken = new Content() {
            @Override
            public long length() {
                return 100;
            }

            @Override
            public InputStream open() throws IOException {
                throw new IOException("pack changed while it was sent");
            }
        };
        assertThatThrownBy(() -> store.put("a", broken)).hasMessageContaining("pack changed while it was sent");
        assertThat(pauses).isEmpty();
    }
}
