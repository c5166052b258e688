package dev.mgit.lineage.remote.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.FaultProxy;
import dev.mgit.fixtures.FaultProxy.Fault;
import dev.mgit.fixtures.S3Server;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes to and fetches from a real S3 server, with a bad network between. Tensors are generated. */
class BadNetworkTest {
    private static final TransferSettings ONE_BY_ONE =
            new TransferSettings(TransferSettings.usual().effort(), 4, 1);

    @TempDir
    private Path folder;

    private final MadeParameters here = new MadeParameters();
    private final MadeParameters there = new MadeParameters();
    private S3Server server;
    private FaultProxy network;

    @BeforeEach
    void start() throws Exception {
        server = new S3Server(folder.resolve("server"));
        network = new FaultProxy(server.port());
    }

    @AfterEach
    void stop() throws Exception {
        network.close();
        server.close();
    }

    private ParameterRemote remote() {
        return ParameterRemote.create(S3Server.url("team", network.port()), folder.resolve("cache"), ONE_BY_ONE);
    }

    private PushReport push(ParameterRemote remote, ObjectId... objects) throws IOException {
        try (Push push = remote.push(here, List.of(objects), CopyProgress.none())) {
            return push.report();
        }
    }

    @Test
    void aPushAndAFetchGetThrough() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 100);
        ObjectId parent = here.add(tensor);
        ObjectId child = here.add(MadeParameters.near(2, tensor), parent);
        try (ParameterRemote remote = remote()) {
            assertThat(remote.conditionalWrites()).isTrue();
            network.next(Fault.cutUpload(100_000), Fault.answer(503, ""), Fault.cutDownload(0), Fault.cutDownload(20));
            assertThat(push(remote, parent, child).blocks()).isEqualTo(200);
            assertThat(network.left()).isZero();
            network.next(Fault.cutDownload(100_000), Fault.answer(500, ""), Fault.cutDownload(0));
            remote.fetch(there, List.of(Want.whole(child)), CopyProgress.none());
            assertThat(network.left()).isZero();
            assertThat(there.read(child)).isEqualTo(here.read(child));
            assertThat(push(remote, parent, child).packs()).isZero();
        }
    }

    /** Each silence lasts until the client gives a connection up, as the URL says. */
    @Test
    void aConnectionThatFallsSilentIsGivenUp() throws IOException {
        ObjectId object = here.add(MadeParameters.noise(1, 100));
        String url = S3Server.url("team", network.port()) + "&timeout=1";
        try (ParameterRemote remote = ParameterRemote.create(url, folder.resolve("cache"), ONE_BY_ONE)) {
            network.next(Fault.silence(), Fault.none(), Fault.silence());
            assertThat(push(remote, object).blocks()).isEqualTo(100);
            network.next(Fault.silence());
            remote.fetch(there, List.of(Want.whole(object)), CopyProgress.none());
            assertThat(network.left()).isZero();
            assertThat(there.read(object)).isEqualTo(here.read(object));
        }
    }

    @Test
    void aByteThatIsFlippedOnItsWayIsReadAgain() throws IOException {
        ObjectId object = here.add(MadeParameters.noise(1, 100));
        try (ParameterRemote remote = remote()) {
            push(remote, object);
            remote.missing(List.of(object)); // the index is here now
            network.flipOnce(500_000); // only packs are so long
            FetchReport report = remote.fetch(there, List.of(Want.whole(object)), CopyProgress.none());
            assertThat(report.refused()).isEqualTo(1);
            assertThat(there.read(object)).isEqualTo(here.read(object));
        }
    }
}
