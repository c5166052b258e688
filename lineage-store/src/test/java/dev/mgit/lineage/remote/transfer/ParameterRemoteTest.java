package dev.mgit.lineage.remote.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.Frame;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.remote.pack.ListedPack;
import dev.mgit.lineage.remote.pack.Pack;
import dev.mgit.lineage.remote.pack.PackIndex;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.MemoryStore;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes up, what comes down, and what must not. Tensors are generated; a block has 16 KiB. */
class ParameterRemoteTest {
    private static final PackCutter SMALL = new PackCutter(8 * MadeParameters.BLOCK, 16 * MadeParameters.BLOCK);

    @TempDir
    private Path cache;

    private final MemoryStore store = new MemoryStore();
    private final MadeParameters here = new MadeParameters();
    private final MadeParameters there = new MadeParameters();

    private ParameterRemote remote() {
        return ParameterRemote.using(store, cache, TransferSettings.usual(), SMALL, true);
    }

    private PushReport push(MadeParameters from, ObjectId... objects) throws IOException {
        try (ParameterRemote remote = remote();
                Push push = remote.push(from, List.of(objects), CopyProgress.none())) {
            return push.report();
        }
    }

    private FetchReport fetch(MadeParameters into, ObjectId... objects) throws IOException {
        try (ParameterRemote remote = remote()) {
            return remote.fetch(into, Stream.of(objects).map(Want::whole).toList(), CopyProgress.none());
        }
    }

    private List<String> packs() {
        return store.contents().keySet().stream()
                .filter(key -> key.startsWith(PackName.PACKS))
                .toList();
    }

    @Test
    void whatIsPushedIsFetchedElsewhere() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 100);
        ObjectId object = here.add(tensor);
        PushReport pushed = push(here, object);
        assertThat(pushed.objects()).isEqualTo(1);
        assertThat(pushed.blocks()).isEqualTo(100);
        assertThat(pushed.packs()).isGreaterThan(3);
        assertThat(pushed.reusedPacks()).isZero();
        FetchReport fetched = fetch(there, object);
        assertThat(fetched.blocks()).isEqualTo(100);
        assertThat(there.read(object)).isEqualTo(MadeParameters.join(tensor));
        assertThat(fetch(there, object).blocks()).isZero();
    }

    @Test
    void residualsTravelAsResiduals() throws IOException {
        List<byte[]> base = MadeParameters.noise(1, 50);
        List<byte[]> tuned = MadeParameters.near(2, base);
        ObjectId parent = here.add(base);
        push(here, parent);
        long before = here.frameBytes();
        ObjectId child = here.add(tuned, parent);
        long residual = here.frameBytes() - before;
        PushReport pushed = push(here, child);
        assertThat(pushed.frameBytes()).isEqualTo(residual).isLessThan(50L * MadeParameters.BLOCK / 5);
        fetch(there, child);
        assertThat(there.read(child)).isEqualTo(MadeParameters.join(tuned));
        here.forEachBlock((id, frame) -> assertThat(there.frame(id)).contains(frame));
        assertThat(push(here, parent, child).packs()).isZero();
    }

    @Test
    void sourcesGoUpWithWhatNeedsThem() throws IOException {
        ObjectId parent = here.add(MadeParameters.noise(1, 10));
        ObjectId child = here.add(MadeParameters.near(2, MadeParameters.noise(1, 10)), parent);
        assertThat(push(here, child).blocks()).isEqualTo(20);
        fetch(there, child);
        there.requireWhole();
        try (ParameterRemote remote = remote()) {
            assertThat(remote.missing(List.of(child, parent))).containsExactly(parent);
        }
        assertThat(push(here, parent)).satisfies(report -> {
            assertThat(report.blocks()).isZero();
            assertThat(report.objects()).isEqualTo(1);
        });
        fetch(there, parent);
        assertThat(there.read(parent)).isEqualTo(MadeParameters.join(MadeParameters.noise(1, 10)));
    }

    @Test
    void ofAPartOnlyTheBlocksItNeedsAreFetched() throws IOException {
        List<byte[]> base = MadeParameters.noise(1, 200);
        ObjectId parent = here.add(base);
        ObjectId child = here.add(MadeParameters.near(2, base), parent);
        push(here, parent, child);
        try (ParameterRemote remote = remote()) {
            FetchReport report = remote.fetch(
                    there,
                    List.of(new Want(child, 3 * MadeParameters.BLOCK + 1, MadeParameters.BLOCK)),
                    CopyProgress.none());
            assertThat(report.blocks()).isEqualTo(4);
            assertThat(report.traffic().received()).isLessThan(report.frameBytes() + 100_000);
        }
    }

    @Test
    void indexesAreFetchedOnceAndReadsAreFew() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 300);
        ObjectId object = here.add(tensor);
        push(here, object);
        fetch(there, object);
        try (ParameterRemote remote = remote()) {
            FetchReport again = remote.fetch(new MadeParameters(), List.of(Want.whole(object)), CopyProgress.none());
            assertThat(again.traffic().calls()).isEqualTo(1 + packs().size()); // a list, and one range a pack
        }
    }

    @Test
    void framesThatWouldLieTooDeepAreCodedAnew() throws IOException {
        // Elsewhere, the base ends a chain of four; here, it is a root.
        List<byte[]> tensor = MadeParameters.noise(1, 6);
        MadeParameters other = new MadeParameters();
        ObjectId last = other.add(tensor);
        List<ObjectId> chain = new ArrayList<>(List.of(last));
        for (int i = 1; i <= 3; i++) {
            tensor = MadeParameters.near(i, tensor);
            last = other.add(tensor, last);
            chain.add(last);
        }
        push(other, chain.toArray(new ObjectId[0]));
        ObjectId base = here.add(tensor);
        assertThat(base).isEqualTo(last);
        List<ObjectId> mine = new ArrayList<>();
        for (int i = 4; i <= 7; i++) {
            tensor = MadeParameters.near(i, tensor);
            last = here.add(tensor, last);
            mine.add(last);
        }
        PushReport report = push(here, mine.toArray(new ObjectId[0]));
        assertThat(report.recoded()).isPositive();
        try (ParameterRemote remote = remote()) {
            RemoteIndex index = new IndexLoader(store, new IndexCache(cache), 1).load(Set.of());
            here.forEachBlock((id, frame) -> assertThat(index.depth(id)).isLessThanOrEqualTo(4));
        }
        fetch(there, last);
        assertThat(there.read(last)).isEqualTo(MadeParameters.join(tensor));
        there.forEachBlock((id, frame) ->
                assertThat(Frame.parse(frame).depth()).as("depth here").isLessThanOrEqualTo(4));
    }

    @Test
    void eachFromTheOtherIsNoCycle() throws IOException {
        List<byte[]> a = MadeParameters.noise(1, 20);
        List<byte[]> b = MadeParameters.near(2, a);
        ObjectId idA = here.add(a);
        ObjectId idB = here.add(b, idA);
        MadeParameters other = new MadeParameters();
        other.add(b);
        other.add(a, idB);
        // Both plan before either has sent anything.
        try (ParameterRemote one = remote();
                ParameterRemote two =
                        ParameterRemote.using(store, cache.resolve("other"), TransferSettings.usual(), SMALL, true)) {
            var index = new IndexLoader(store, new IndexCache(cache), 1).load(Set.of());
            try (var mine = new UploadPlan(
                            here,
                            index,
                            List.of(idA, idB),
                            TransferSettings.usual().effort(),
                            4);
                    var theirs = new UploadPlan(
                            other,
                            index,
                            List.of(idB, idA),
                            TransferSettings.usual().effort(),
                            4)) {
                send(mine);
                send(theirs);
            }
            assertThat(one.missing(List.of(idA, idB))).isEmpty();
            one.fetch(there, List.of(Want.whole(idB), Want.whole(idA)), CopyProgress.none());
            assertThat(there.read(idA)).isEqualTo(MadeParameters.join(a));
            assertThat(there.read(idB)).isEqualTo(MadeParameters.join(b));
            // Whoever has one of them from the other keeps its own.
            two.fetch(other, List.of(Want.whole(idA), Want.whole(idB)), CopyProgress.none());
            other.requireWhole();
        }
        assertThat(push(other, idA, idB).packs()).isZero();
    }

    private void send(UploadPlan plan) throws IOException {
        List<ListedPack> packs = new ArrayList<>();
        for (PackCutter.Cut cut : SMALL.cut(plan.frames(), plan.objects())) {
            var pack = Pack.of(cut.frames(), cut.objects(), plan);
            store.put(pack.name().packKey(), Content.of(pack.open().readAllBytes()));
            packs.add(pack.listed());
        }
        for (var index : PackIndex.encode(packs)) {
            store.put(index.name().indexKey(), Content.of(index.bytes()));
        }
    }

    @Test
    void aPushThatWasKilledIsGoneOnWith() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 100);
        ObjectId object = here.add(tensor);
        int[] puts = {0};
        store.killAt(call -> call.startsWith("put packs/") && ++puts[0] > 3);
        assertThatThrownBy(() -> push(here, object)).isInstanceOf(MemoryStore.Killed.class);
        store.killAt(call -> false);
        int sent = packs().size();
        assertThat(sent).isEqualTo(3);
        assertThat(push(here, object).reusedPacks()).isEqualTo(3);
        fetch(there, object);
        assertThat(there.read(object)).isEqualTo(MadeParameters.join(tensor));
    }

    @Test
    void whereverAPushIsKilledTheNextOneCompletesIt() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 40);
        ObjectId parent = here.add(tensor);
        ObjectId child = here.add(MadeParameters.near(2, tensor), parent);
        push(here, parent);
        Map<String, byte[]> base = store.contents();
        for (int point = 1; ; point++) {
            store.contents().keySet().stream()
                    .filter(key -> !base.containsKey(key))
                    .forEach(store::delete);
            int[] left = {point};
            store.killAt(call -> !call.startsWith("delete") && --left[0] == 0);
            boolean done = true;
            try {
                push(here, child);
            } catch (MemoryStore.Killed e) {
                done = false;
            }
            store.killAt(call -> false);
            base.forEach((key, bytes) -> assertThat(store.contents()).containsEntry(key, bytes));
            fetch(new MadeParameters(), parent); // what was there can be read at any time
            push(here, child);
            MadeParameters clone = new MadeParameters();
            fetch(clone, child);
            assertThat(clone.read(child)).isEqualTo(MadeParameters.join(MadeParameters.near(2, tensor)));
            if (done) {
                assertThat(point).isGreaterThan(6);
                return;
            }
        }
    }

    @Test
    void aFetchThatWasKilledLeavesAWholeStore() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 60);
        ObjectId parent = here.add(tensor);
        ObjectId child = here.add(MadeParameters.near(2, tensor), parent);
        push(here, parent, child);
        for (int reads = 1; reads <= packs().size(); reads++) {
            int[] left = {reads};
            store.killAt(call -> call.startsWith("get packs/") && --left[0] == 0);
            MadeParameters clone = new MadeParameters();
            assertThatThrownBy(() -> fetch(clone, child)).isInstanceOf(MemoryStore.Killed.class);
            clone.requireWhole();
            store.killAt(call -> false);
            fetch(clone, child);
            assertThat(clone.read(child)).isEqualTo(here.read(child));
        }
    }

    @Test
    void aDamagedPackIsNeverTakenForSound() throws IOException {
        ObjectId object = here.add(MadeParameters.noise(1, 6));
        push(here, object);
        String pack = packs().get(0);
        byte[] sound = store.contents().get(pack);
        for (int at = 8; at < MadeParameters.BLOCK * 5; at += 7001) {
            byte[] bad = sound.clone();
            bad[at] ^= 4;
            store.put(pack, Content.of(bad));
            MadeParameters clone = new MadeParameters();
            assertThatThrownBy(() -> fetch(clone, object)).isInstanceOfSatisfying(MgitException.class, e -> {
                assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
                assertThat(e.getMessage()).contains("is damaged in pack");
            });
            clone.requireWhole();
        }
        store.put(pack, Content.of(Arrays.copyOf(sound, 20_000)));
        assertThatThrownBy(() -> fetch(new MadeParameters(), object)).isInstanceOf(MgitException.class);
        store.delete(pack);
        assertThatThrownBy(() -> fetch(new MadeParameters(), object)).isInstanceOf(MgitException.class);
        push(here, object); // sees that it is gone and sends it again
        store.contents()
                .forEach((key, bytes) ->
                        assertThat(key.equals(pack) ? bytes : sound).isEqualTo(sound));
        fetch(there, object);
        assertThat(there.read(object)).isEqualTo(here.read(object));
    }

    @Test
    void anotherCopyIsReadWhereOneIsDamaged() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 6);
        ObjectId object = here.add(tensor);
        ObjectId next = here.add(MadeParameters.near(5, tensor), object);
        MadeParameters other = new MadeParameters();
        other.add(MadeParameters.near(5, tensor));
        var index = new IndexLoader(store, new IndexCache(cache), 1).load(Set.of());
        try (var mine = new UploadPlan(
                        here,
                        index,
                        List.of(object, next),
                        TransferSettings.usual().effort(),
                        4);
                var theirs = new UploadPlan(
                        other, index, List.of(next), TransferSettings.usual().effort(), 4)) {
            send(mine);
            List<String> first = packs();
            send(theirs);
            for (String pack : packs()) {
                if (!first.contains(pack)) { // the shallower copy
                    byte[] bad = store.contents().get(pack);
                    bad[MadeParameters.BLOCK + 100] ^= 1;
                    store.put(pack, Content.of(bad));
                }
            }
        }
        FetchReport report = fetch(there, next);
        assertThat(report.refused()).isPositive();
        assertThat(there.read(next)).isEqualTo(here.read(next));
    }

    @Test
    void aLostIndexOrADamagedOneIsMadeUpForByTheFooters() throws IOException {
        ObjectId object = here.add(MadeParameters.noise(1, 40));
        push(here, object);
        String index = store.contents().keySet().stream()
                .filter(key -> key.startsWith(PackName.INDEXES))
                .findFirst()
                .orElseThrow();
        byte[] bad = store.contents().get(index);
        bad[bad.length / 2] ^= 1;
        store.put(index, Content.of(bad));
        ParameterRemote fresh =
                ParameterRemote.using(store, cache.resolve("fresh"), TransferSettings.usual(), SMALL, false);
        fresh.fetch(there, List.of(Want.whole(object)), CopyProgress.none());
        assertThat(there.read(object)).isEqualTo(here.read(object));
    }

    /** The damaged block is what others here are predicted from, and is predicted from one of them in the store. */
    @Test
    void damagedBlocksAreReplacedWithoutACycle() throws IOException {
        List<byte[]> a = MadeParameters.noise(1, 5);
        List<byte[]> b = MadeParameters.near(2, a);
        ObjectId idA = here.add(a);
        ObjectId idB = here.add(b, idA);
        MadeParameters other = new MadeParameters();
        other.add(b);
        other.add(a, idB);
        push(other, idB, idA);
        List<BlockId> damaged = here.object(idA).orElseThrow().blocks().stream()
                .map(StoredObject.Block::id)
                .toList();
        damaged.forEach(id -> here.putBlock(id, new byte[] {1, 2, 3}));
        here.removeObject(idB);
        BlockId unknown = BlockId.hash(new byte[1], 0, 1);
        try (ParameterRemote remote = remote()) {
            assertThat(remote.repairBlocks(here, damaged)).isEmpty();
            assertThat(remote.repairBlocks(here, List.of(unknown))).containsExactly(unknown);
            assertThat(remote.repairObjects(here, List.of(idB))).isEmpty();
        }
        here.requireWhole();
        assertThat(here.read(idB)).isEqualTo(MadeParameters.join(b));
    }

    @Test
    void markedPacksCountAsAbsentForWhoPushesAndNotForWhoFetches() throws IOException {
        ObjectId object = here.add(MadeParameters.noise(1, 10));
        push(here, object);
        store.put(
                StoreKeys.marks(1),
                Content.of(PackMarks.encode(
                        Set.of(PackName.ofPackKey(packs().get(0)).orElseThrow()))));
        fetch(there, object);
        assertThat(there.read(object)).isEqualTo(here.read(object));
        try (ParameterRemote remote = remote()) {
            assertThat(remote.missing(List.of(object))).containsExactly(object);
        }
        store.pass(Duration.ofSeconds(2));
        PushReport report = push(here, object);
        assertThat(report.packs()).isEqualTo(1);
        assertThat(report.reusedPacks()).isZero();
    }

    @Test
    void aPackThatVanishesWhileItIsReliedOnIsSentAgain() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 10);
        ObjectId parent = here.add(tensor);
        ObjectId child = here.add(MadeParameters.near(2, tensor), parent);
        push(here, parent);
        String relied = packs().get(0);
        boolean[] once = {true};
        store.killAt(call -> {
            if (call.startsWith("put index/") && once[0]) {
                once[0] = false;
                store.delete(relied);
            }
            return false;
        });
        assertThat(push(here, child).blocks()).isEqualTo(30);
        fetch(there, child);
        assertThat(there.read(child)).isEqualTo(here.read(child));
    }

    @Test
    void theLeaseLastsUntilThePushIsClosed() throws IOException {
        ObjectId object = here.add(MadeParameters.noise(1, 3));
        try (ParameterRemote remote = remote();
                Push push = remote.push(here, List.of(object), CopyProgress.none())) {
            assertThat(store.contents().keySet()).anyMatch(key -> key.startsWith(StoreKeys.PUSHES));
            assertThat(push.report().blocks()).isEqualTo(3);
        }
        assertThat(store.contents().keySet()).noneMatch(key -> key.startsWith(StoreKeys.PUSHES));
    }

    @Test
    void whatIsNowhereIsSaidInOneSentence() throws IOException {
        ObjectId object = here.add(MadeParameters.noise(1, 3));
        remote().close();
        assertThatThrownBy(() -> fetch(there, object)).isInstanceOfSatisfying(MgitException.class, e -> {
            assertThat(e.kind()).isEqualTo(MgitException.Kind.REMOTE);
            assertThat(e.getMessage()).contains("lacks 1 tensor of what is wanted");
        });
        BlockId gone = here.object(object).orElseThrow().blocks().get(1).id();
        here.removeBlock(gone);
        assertThatThrownBy(() -> push(here, object)).isInstanceOfSatisfying(MgitException.class, e -> {
            assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
            assertThat(e.getMessage()).contains(gone.hex());
        });
        assertThat(Optional.of(packs())).contains(List.of());
    }

    @Test
    void aPlaceThatIsNoStoreIsNotTakenForOne() {
        assertThatThrownBy(() -> ParameterRemote.using(store, cache, TransferSettings.usual(), SMALL, false))
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.REMOTE));
        store.put("format", Content.of("something else".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(this::remote)
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("is no parameter store");
        store.put("format", Content.of("mgit parameters 9\n".getBytes(StandardCharsets.UTF_8)));
        assertThatThrownBy(this::remote).isInstanceOf(MgitException.class).hasMessageContaining("has format 9");
    }

    @Test
    void whoUsesTheStoreIsKnown() {
        try (ParameterRemote remote = remote()) {
            remote.register(new UUID(1, 2), "https://host/team/lineage.git");
            assertThat(remote.lineages())
                    .containsExactly(Map.entry(new UUID(1, 2).toString(), "https://host/team/lineage.git"));
        }
    }
}
