package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Made models throughout. */
class GarbageCollectorTest {
    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);
    private static final MadeModel CHILD = Families.fineTuned(BASE, "child", 2, 1e-3);
    /** How often the store is cleaned below a reader. */
    private static final int ROUNDS = 6;

    private static final MadeModel OTHER = Families.base("other", 3, ModelShape.TINY);

    @TempDir
    private Path folder;

    @BeforeEach
    void nothingIsLeftOver() throws IOException {
        Trees.delete(folder.resolve("repository"));
    }

    @Test
    void aRemovedModelGivesItsSpaceBackAndADryRunSaysSoBefore() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.commit(BASE);
            made.commit(OTHER);
            made.change("rm", transaction -> transaction.deleteModel("other"));
            var all = new GarbageCollector.Request(Instant.now().plusSeconds(60), Optional.empty());
            GcReport plan = new GarbageCollector(made.repository(), CopyProgress.none()).plan(all);
            GcReport done = made.collect(all);
            assertThat(plan.versions()).isEqualTo(1);
            assertThat(plan.blocks()).isPositive();
            assertThat(done)
                    .usingRecursiveComparison()
                    .ignoringFields("dryRun", "bytesBefore", "bytesAfter")
                    .isEqualTo(plan);
            assertThat(done.bytesBefore() - done.bytesAfter()).isGreaterThan(done.blockBytes() * 9 / 10);
            made.reopen();
            assertThat(made.fsck().damage()).isEmpty();
            made.requireSame(made.repository().lineage().resolve("base"), "base");
            GcReport again = made.collect(all);
            assertThat(again.blocks() + again.objects() + again.versions()).isZero();
        }
    }

    @Test
    void aRemovedParentStaysReadableForItsChildren() throws IOException {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.commit(BASE);
            VersionId child = made.commit(CHILD, "base");
            made.change("rm", transaction -> transaction.deleteModel("base"));
            made.collectAll();
            made.requireSame(child, "child");
            made.requireSame(base, "base");
        }
    }

    @Test
    void aParentAddedLaterIsLive() throws IOException {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.commit(BASE);
            VersionId other = made.commit(OTHER);
            var edge = new EdgeNotes.Entry(
                    EdgeNotes.Op.ADD,
                    base,
                    "base",
                    EdgeKind.DISTILL,
                    ProvenanceEdge.Source.ADDED,
                    MadeRepository.ADA,
                    Instant.EPOCH);
            made.change("edge add", transaction -> {
                transaction.putNote(
                        EdgeNotes.NAMESPACE, other, EdgeNotes.none().with(edge).format());
                transaction.deleteModel("base");
            });
            made.collectAll();
            made.requireSame(base, "base");
        }
    }

    @Test
    void whatCanBeUndoneIsKeptAndComesBack() throws IOException {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.commit(BASE);
            made.commit(OTHER);
            made.change("rm", transaction -> transaction.deleteModel("base"));
            made.collect(new GarbageCollector.Request(Instant.now().minusSeconds(3600), Optional.empty()));
            WriterLock lock = made.lock();
            try (lock) {
                made.repository().lineage().undo(Optional.empty(), MadeRepository.ADA);
            }
            assertThat(made.repository().lineage().models()).contains(new Model("base", base));
            made.requireSame(base, "base");
        }
    }

    @Test
    void whatIsForgottenCannotBeUndone() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.commit(BASE);
            made.commit(OTHER);
            made.change("rm", transaction -> transaction.deleteModel("base"));
            assertThat(made.collectAll().operations()).isEqualTo(3);
            assertThat(made.repository().lineage().operations(10)).isEmpty();
            assertThat(made.repository().lineage().tryResolve("base")).isEmpty();
            assertThatThrownBy(() -> made.repository().lineage().undo(Optional.empty(), MadeRepository.ADA))
                    .isInstanceOf(MgitException.class)
                    .hasMessage("nothing to undo");
        }
    }

    @Test
    void aDamagedStoreIsNotCleaned() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.commit(BASE);
            Trees.delete(made.repository().files().parameters());
            made.reopen();
            assertThatThrownBy(made::collectAll)
                    .isInstanceOfSatisfying(
                            MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY));
        }
    }

    @Test
    void recodingChangesNoIdAndFreesSpace() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.repository().settings().set("store.effort", "fast");
            made.reopen();
            VersionId base = made.commit(BASE);
            VersionId child = made.commit(CHILD, "base");
            GcReport report = made.repack(Effort.SMALL);
            GcReport.Repacked repacked = report.repacked().orElseThrow();
            assertThat(repacked.blocks()).isPositive();
            assertThat(repacked.bytesAfter()).isLessThan(repacked.bytesBefore());
            made.requireSame(base, "base");
            made.requireSame(child, "child");
            assertThat(made.fsck().damage()).isEmpty();
            assertThat(made.repack(Effort.SMALL).repacked().orElseThrow().blocks())
                    .isZero();
        }
    }

    @Test
    void recodingShortensChains() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.repository().settings().set("store.maxDepth", "6");
            made.reopen();
            MadeModel last = BASE;
            made.commit(BASE);
            for (int i = 0; i < 7; i++) {
                last = Families.sparselyTuned(last, "step-" + i, 10 + i, 0.01);
                made.commit(last, i == 0 ? "base" : "step-" + (i - 1));
            }
            assertThat(deepest(made)).isGreaterThan(1);
            made.repository().settings().set("store.maxDepth", "1");
            made.reopen();
            assertThat(made.repack(Effort.BALANCED).repacked().orElseThrow().rebased())
                    .isPositive();
            assertThat(deepest(made)).isEqualTo(1);
            made.requireSame(made.repository().lineage().resolve("step-6"), "step-6");
        }
    }

    private static int deepest(MadeRepository made) {
        var table = new BlockTable();
        try (var store = made.repository().parameters()) {
            table.readAll(store);
        }
        int deepest = 0;
        for (int i = 0; i < table.size(); i++) {
            deepest = Math.max(deepest, table.depth(i));
        }
        return deepest;
    }

    @Test
    void aReaderWorksWhileStoreIsCleanedAgainAndAgain() throws Exception {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.commit(BASE);
            VersionId child = made.commit(CHILD, "base");
            var stop = new AtomicBoolean();
            var cleaned = new Semaphore(0);
            var failure = new AtomicReference<Throwable>();
            var cleaner = new Thread(() -> {
                try (var writer = new MadeRepository(folder)) {
                    for (int i = 0; !stop.get(); i++) {
                        MadeModel passing = Families.base("passing", 50 + i, ModelShape.TINY);
                        writer.commit(passing);
                        writer.change("rm", transaction -> transaction.deleteModel("passing"));
                        writer.collectAll();
                        cleaned.release();
                    }
                } catch (IOException | RuntimeException | AssertionError e) {
                    failure.set(e);
                } finally {
                    cleaned.release(ROUNDS);
                }
            });
            cleaner.start();
            try (var reader = new MadeRepository(folder)) {
                try (var store = reader.repository().parameters()) {
                    for (int i = 0; i < ROUNDS; i++) {
                        reader.requireSame(i % 2 == 0 ? base : child, i % 2 == 0 ? "base" : "child");
                        cleaned.acquireUninterruptibly();
                    }
                    // A snapshot from before all that still answers.
                    var contents = new VersionContents(reader.repository().lineage());
                    contents.read(child);
                    assertThat(new ParameterCheck(store, contents, 2, CopyProgress.none()).run(false))
                            .isEmpty();
                }
            } finally {
                stop.set(true);
                Await.until("the cleaner has ended", () -> !cleaner.isAlive());
            }
            assertThat(failure.get()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reading blocks", "cleaning the lineage", "removing", "recoding", "compacting", "end"})
    void aKilledRunLeavesEverythingLiveAndTheNextOneFinishes(String phase) throws IOException {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.commit(BASE);
            VersionId child = made.commit(CHILD, "base");
            made.commit(OTHER);
            made.commit(Families.fineTuned(OTHER, "other-child", 4, 1e-3), "other");
            made.change("rm", transaction -> {
                transaction.deleteModel("other");
                transaction.deleteModel("other-child");
            });
            try (Crash crash = Crash.start(KilledGc.class, folder.toString(), phase)) {
                assertThat(crash.killAt(KilledGc.MARKER).killed()).isTrue();
            }
            made.reopen();
            assertThat(made.fsck().damage()).isEmpty();
            made.requireSame(base, "base");
            made.requireSame(child, "child");
            // What was removed can be committed again, whatever of it is still there.
            made.commit(Families.fineTuned(OTHER, "other-child", 4, 1e-3));
            assertThat(made.fsck().damage()).isEmpty();
            made.requireSame(made.repository().lineage().resolve("other-child"), "other-child");
            made.change("rm", transaction -> transaction.deleteModel("other-child"));
            made.collectAll();
            assertThat(made.repository().lineage().privateRefs("")).isEmpty();
            assertThat(made.fsck().damage()).isEmpty();
            assertThat(List.of(base, child))
                    .allSatisfy(version -> assertThat(made.repository()
                                    .lineage()
                                    .checkpoint(version)
                                    .files())
                            .isNotEmpty());
        }
    }
}
