package dev.mgit.lineage.remote.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.TaskPool;
import dev.mgit.fixtures.Crash;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.RocksParameterStore;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transfers between databases on disk by way of a folder, and processes that are killed while at it. */
@Tag("slow")
class RocksTransferTest {
    static final PackCutter SMALL = new PackCutter(16 * MadeParameters.BLOCK, 32 * MadeParameters.BLOCK);

    @TempDir
    private Path folder;

    private final MadeParameters made = new MadeParameters();
    private ObjectId parent;
    private ObjectId child;

    @BeforeEach
    void make() {
        List<byte[]> tensor = MadeParameters.noise(1, 120);
        parent = made.add(tensor);
        child = made.add(MadeParameters.near(2, tensor), parent);
        try (RocksParameterStore here = RocksParameterStore.openWritable(folder.resolve("here"))) {
            made.forEachBlock(here::putBlock);
            made.forEachObject(here::putObject);
            here.flush();
        }
    }

    private ParameterRemote remote() {
        return ParameterRemote.create(
                folder.resolve("store").toString(), folder.resolve("cache"), TransferSettings.usual());
    }

    private void requireReadable(ParameterStore store, ObjectId object) {
        try (BlockReader reader = new BlockReader(store)) {
            store.object(object).orElseThrow().blocks().forEach(block -> reader.read(block.id()));
        }
    }

    private void killed(String what, String database, String call, int which) throws IOException {
        try (Crash crash = Crash.start(
                KilledTransfer.class,
                what,
                folder.resolve(database).toString(),
                folder.resolve("store").toString(),
                call,
                Integer.toString(which),
                parent.hex(),
                child.hex())) {
            assertThat(crash.killAt(KilledTransfer.MARKER).killed()).isTrue();
        }
    }

    @Test
    void aPushKilledAnywhereIsCompletedByTheNext() throws IOException {
        killed("push", "here", "put pushes/", 1);
        killed("push", "here", "list index/", 1);
        killed("push", "here", "put packs/", 1);
        killed("push", "here", "put packs/", 3);
        killed("push", "here", "put index/", 1);
        killed("push", "here", "list packs/", 1);
        killed("push", "here", "put lineages/", 1); // never comes: all is done, and the lease is left
        try (RocksParameterStore here = RocksParameterStore.openWritable(folder.resolve("here"));
                ParameterRemote remote = remote();
                Push push = remote.push(here, List.of(parent, child), CopyProgress.none())) {
            assertThat(push.report().blocks()).isZero();
            assertThat(remote.missing(List.of(parent, child))).isEmpty();
        }
        fetchIntoEmpty();
    }

    private void fetchIntoEmpty() throws IOException {
        try (RocksParameterStore there = RocksParameterStore.openWritable(folder.resolve("there"));
                ParameterRemote remote = remote()) {
            FetchReport report = remote.fetch(there, List.of(Want.whole(child)), CopyProgress.none());
            assertThat(report.blocks()).isEqualTo(240);
        }
        try (ParameterStore there =
                RocksParameterStore.openReadOnly(folder.resolve("there")).orElseThrow()) {
            requireReadable(there, child);
        }
    }

    @Test
    void aFetchKilledAnywhereIsCompletedByTheNext() throws IOException {
        try (RocksParameterStore here = RocksParameterStore.openWritable(folder.resolve("here"));
                ParameterRemote remote = remote()) {
            remote.push(here, List.of(parent, child), CopyProgress.none()).close();
        }
        killed("fetch", "there", "list index/", 1);
        killed("fetch", "there", "get packs/", 1);
        try (RocksParameterStore there = RocksParameterStore.openWritable(folder.resolve("there"));
                BlockReader reader = new BlockReader(there)) {
            List<BlockId> ids = new ArrayList<>();
            there.forEachBlock((id, frame) -> ids.add(id));
            ids.forEach(reader::read);
            try (ParameterRemote remote = remote()) {
                remote.fetch(there, Stream.of(parent, child).map(Want::whole).toList(), CopyProgress.none());
            }
            requireReadable(there, parent);
            requireReadable(there, child);
        }
    }

    @Test
    void severalPushAtOnce() throws IOException {
        List<MadeParameters> machines = new ArrayList<>();
        List<ObjectId> objects = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            MadeParameters machine = new MadeParameters();
            List<byte[]> tensor = MadeParameters.noise(1, 60);
            objects.add(machine.add(MadeParameters.near(10 + i, tensor), machine.add(tensor)));
            machines.add(machine);
        }
        TaskPool.forEach(4, 4, number -> {
            try (ParameterRemote remote = ParameterRemote.create(
                            folder.resolve("store").toString(),
                            folder.resolve("cache" + number),
                            TransferSettings.usual());
                    Push push = remote.push(machines.get(number), List.of(objects.get(number)), CopyProgress.none())) {
                assertThat(push.report().objects()).isEqualTo(1);
            }
        });
        try (ParameterRemote remote = remote()) {
            MadeParameters clone = new MadeParameters();
            remote.fetch(clone, objects.stream().map(Want::whole).toList(), CopyProgress.none());
            for (int i = 0; i < 4; i++) {
                assertThat(clone.read(objects.get(i))).isEqualTo(machines.get(i).read(objects.get(i)));
            }
        }
    }

    /** Wire bytes of a push against what the blocks take in the local store. */
    @Test
    void aFineTuneCostsItsResidualOnTheWire() throws IOException {
        try (ParameterRemote remote = remote()) {
            remote.push(made, List.of(parent), CopyProgress.none()).close();
            long residual = made.object(child).orElseThrow().blocks().stream()
                    .mapToLong(block -> made.frame(block.id()).orElseThrow().length)
                    .sum();
            try (Push push = remote.push(made, List.of(child), CopyProgress.none())) {
                PushReport report = push.report();
                assertThat(report.frameBytes()).isEqualTo(residual);
                // The listing goes twice, with the pack and with the index: for blocks of 16 KiB that counts.
                assertThat(report.traffic().sent() - residual).isLessThan(120 * 2 * 120L);
            }
        }
    }
}
