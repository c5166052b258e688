package dev.mgit.lineage.remote.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.MemoryStore;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a clean-up removes, and what it must not. Tensors are generated; the store's clock is moved by hand. */
class CleanUpTest {
    private static final PackCutter SMALL = new PackCutter(8 * MadeParameters.BLOCK, 16 * MadeParameters.BLOCK);
    private static final Duration DAY = Duration.ofHours(24);
    private static final CleanUpRequest REAL = new CleanUpRequest(DAY, false, false);
    private static final CleanUpRequest DRY = new CleanUpRequest(DAY, false, true);
    private static final CleanUpRequest EXCLUSIVE = new CleanUpRequest(DAY, true, false);

    @TempDir
    private Path cache;

    private final MemoryStore store = new MemoryStore();
    private final MadeParameters here = new MadeParameters();
    private final Set<ObjectId> needed = new HashSet<>();
    private ParameterRemote remote;

    @BeforeEach
    void open() {
        remote = ParameterRemote.using(store, cache, TransferSettings.usual(), SMALL, true);
        remote.register(new UUID(0, 1), "https://host/lineage.git");
    }

    private ObjectId pushed(long seed, int blocks) throws IOException {
        ObjectId object = here.add(MadeParameters.noise(seed, blocks));
        push(object);
        return object;
    }

    private void push(ObjectId... objects) throws IOException {
        remote.push(here, List.of(objects), CopyProgress.none()).close();
    }

    private CleanUpReport cleanUp(CleanUpRequest request) throws IOException {
        return remote.cleanUp((lineage, url) -> needed, request);
    }

    private Set<String> keys(String prefix) {
        Set<String> keys = new HashSet<>(store.contents().keySet());
        keys.removeIf(key -> !key.startsWith(prefix));
        return keys;
    }

    private void requireReadable(ObjectId... objects) throws IOException {
        for (ObjectId object : objects) {
            MadeParameters clone = new MadeParameters();
            remote.fetch(clone, List.of(Want.whole(object)), CopyProgress.none());
            assertThat(clone.read(object)).isEqualTo(here.read(object));
        }
    }

    @Test
    void whatNobodyNeedsIsMarkedAndADayLaterDeleted() throws IOException {
        ObjectId live = pushed(1, 40);
        ObjectId dead = pushed(2, 40);
        needed.add(live);
        assertThat(cleanUp(REAL).marked()).isZero(); // too young
        store.pass(DAY.plusMinutes(1));
        Map<String, byte[]> before = store.contents();
        CleanUpReport dry = cleanUp(DRY);
        assertThat(dry.marked()).isPositive();
        assertThat(store.contents().keySet()).isEqualTo(before.keySet());
        assertThat(cleanUp(REAL).marked()).isEqualTo(dry.marked());
        requireReadable(live, dead);
        assertThat(cleanUp(REAL)).satisfies(again -> {
            assertThat(again.marked()).isZero();
            assertThat(again.deleted()).isZero();
            assertThat(again.waiting()).isEqualTo(dry.marked());
        });
        store.pass(DAY.plusMinutes(1));
        assertThat(cleanUp(REAL).deleted()).isEqualTo(dry.marked());
        assertThat(keys(StoreKeys.MARKS)).isEmpty();
        assertThat(keys(PackName.INDEXES)).hasSize(1);
        requireReadable(live);
        assertThat(remote.missing(List.of(live, dead))).containsExactly(dead);
        push(dead);
        requireReadable(live, dead);
    }

    @Test
    void whatIsNeededAgainIsKept() throws IOException {
        ObjectId object = pushed(1, 40);
        store.pass(DAY.plusMinutes(1));
        assertThat(cleanUp(REAL).marked()).isPositive();
        store.pass(DAY.plusMinutes(1));
        needed.add(object); // a reference that was pushed by plain Git, say
        CleanUpReport report = cleanUp(REAL);
        assertThat(report.deleted()).isZero();
        assertThat(report.kept()).isPositive();
        assertThat(remote.missing(List.of(object))).isEmpty();
        requireReadable(object);
    }

    @Test
    void whatIsPushedAgainAfterItWasMarkedIsKept() throws IOException {
        ObjectId object = pushed(1, 40);
        store.pass(DAY.plusMinutes(1));
        cleanUp(REAL);
        store.pass(Duration.ofMinutes(1));
        push(object); // the reference moves a little later
        store.pass(DAY);
        assertThat(cleanUp(REAL).deleted()).isZero();
        requireReadable(object);
    }

    @Test
    void aPushUnderWayHoldsUpDeletion() throws IOException {
        pushed(1, 40);
        store.pass(DAY.plusMinutes(1));
        String lease = StoreKeys.push(new UUID(0, 9));
        store.put(lease, Content.of("mgit push 1\n".getBytes(StandardCharsets.US_ASCII)));
        String began = store.head(lease).orElseThrow().modified().toString();
        store.pass(Duration.ofMinutes(1));
        cleanUp(REAL);
        store.pass(DAY.plusMinutes(1));
        store.put(lease, Content.of(("mgit push 1\n" + began + "\n").getBytes(StandardCharsets.US_ASCII)));
        assertThat(cleanUp(REAL).deleted()).isZero();
        store.pass(DAY.plusMinutes(1)); // it was not renewed: it is dead
        assertThat(cleanUp(REAL).deleted()).isPositive();
        assertThat(keys(StoreKeys.PUSHES)).isEmpty();
    }

    @Test
    void whatOthersArePredictedFromIsNeeded() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 40);
        ObjectId parent = here.add(tensor);
        ObjectId child = here.add(MadeParameters.near(2, tensor), parent);
        push(parent, child);
        needed.add(child);
        for (int i = 0; i < 2; i++) {
            store.pass(DAY.plusMinutes(1));
            cleanUp(REAL);
        }
        requireReadable(child);
    }

    @Test
    void whatIsNeededOfAMostlyUnusedPackMovesToAnother() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 12);
        ObjectId small = here.add(tensor.subList(0, 2));
        ObjectId large = here.add(tensor);
        push(small, large);
        needed.add(small);
        store.pass(DAY.plusMinutes(1));
        CleanUpReport report = cleanUp(REAL);
        assertThat(report.copied()).isPositive().isLessThan(3L * MadeParameters.BLOCK);
        assertThat(report.marked()).isPositive();
        requireReadable(small, large);
        store.pass(DAY.plusMinutes(1));
        assertThat(cleanUp(REAL).deleted()).isEqualTo(report.marked());
        requireReadable(small);
        assertThat(remote.missing(List.of(small, large))).containsExactly(large);
    }

    @Test
    void aLineageThatCannotBeReadStopsIt() throws IOException {
        pushed(1, 20);
        remote.register(new UUID(0, 2), "https://host/other.git");
        store.pass(DAY.plusMinutes(1));
        Set<String> before = store.contents().keySet();
        assertThatThrownBy(() -> remote.cleanUp(
                        (lineage, url) -> {
                            if (url.contains("other")) {
                                throw new MgitException(MgitException.Kind.REMOTE, "cannot reach " + url);
                            }
                            return Set.of();
                        },
                        REAL))
                .hasMessageContaining("other.git");
        assertThat(store.contents().keySet()).isEqualTo(before);
    }

    @Test
    void aStoreNobodyIsRegisteredAtIsLeftAlone() throws IOException {
        pushed(1, 20);
        keys(StoreKeys.LINEAGES).forEach(store::delete);
        assertThatThrownBy(() -> cleanUp(REAL)).hasMessageContaining("no lineage is registered");
        assertThatThrownBy(() -> new CleanUpRequest(Duration.ofHours(1), false, false))
                .isInstanceOf(MgitException.class);
    }

    @Test
    void aloneItDeletesAtOnceUnlessSomebodyPushes() throws IOException {
        ObjectId live = pushed(1, 20);
        ObjectId dead = pushed(2, 20);
        needed.add(live);
        try (Push push = remote.push(here, List.of(live), CopyProgress.none())) {
            assertThat(push.report().blocks()).isZero();
            assertThatThrownBy(() -> cleanUp(EXCLUSIVE))
                    .isInstanceOfSatisfying(
                            MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.CONFLICT));
        }
        assertThat(cleanUp(EXCLUSIVE).deleted()).isPositive();
        requireReadable(live);
        assertThat(remote.missing(List.of(live, dead))).containsExactly(dead);
    }

    @Test
    void aStoreThatIgnoresConditionsNeedsToBeIdle() throws IOException {
        ObjectId live = pushed(1, 20);
        needed.add(live);
        store.put(
                "format", Content.of("mgit parameters 1\nconditional-writes no\n".getBytes(StandardCharsets.US_ASCII)));
        remote = ParameterRemote.using(store, cache, TransferSettings.usual(), SMALL, false);
        assertThatThrownBy(() -> cleanUp(REAL)).hasMessageContaining("ignores conditional writes");
        assertThat(cleanUp(EXCLUSIVE).deleted()).isZero();
        requireReadable(live);
    }

    @Test
    void whereverItIsKilledTheNextRunGoesOn() throws IOException {
        List<byte[]> tensor = MadeParameters.noise(1, 12);
        ObjectId small = here.add(tensor.subList(0, 2));
        ObjectId large = here.add(tensor);
        push(small, large);
        ObjectId other = pushed(3, 30);
        needed.addAll(List.of(small, other));
        store.pass(DAY.plusMinutes(1));
        for (int run = 0; run < 3; run++) {
            for (int point = 1; ; point++) {
                int[] left = {point};
                store.killAt(call -> --left[0] == 0);
                boolean done = true;
                try {
                    cleanUp(REAL);
                } catch (MemoryStore.Killed e) {
                    done = false;
                }
                store.killAt(call -> false);
                requireReadable(small, other);
                if (done) {
                    break;
                }
            }
            store.pass(DAY.plusMinutes(1));
        }
        assertThat(cleanUp(REAL).marked()).isZero();
        assertThat(remote.missing(List.of(small, other, large))).containsExactly(large);
    }
}
