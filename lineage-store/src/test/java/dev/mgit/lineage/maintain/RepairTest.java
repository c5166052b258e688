package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.RocksParameterStore;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.User;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever of the bookkeeping is lost, all versions come back by {@code fsck --repair}. Made models throughout. */
class RepairTest {
    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);
    private static final MadeModel CHILD = Families.fineTuned(BASE, "child", 2, 1e-3);

    @TempDir
    private static Path once;

    private static VersionId base;
    private static VersionId child;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() throws IOException {
        try (var made = new MadeRepository(once)) {
            base = made.commit(BASE);
            made.change("tag", transaction -> transaction.setTag("v1", base));
            made.collectAll();
            child = made.commit(CHILD, "base");
            made.collectAll();
        }
    }

    private interface Fault {
        void hit(Path file) throws IOException;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "format",
                "parameters/CURRENT",
                "parameters/MANIFEST-.*",
                "lineage.git/config",
                "lineage.git/HEAD",
                "lineage.git/packed-refs",
                "lineage.git/objects/pack/.*\\.idx"
            })
    void aDamagedBookIsWrittenAgain(String book) throws IOException {
        List<Fault> faults = List.of(
                file -> {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[bytes.length / 2] ^= (byte) 0x80;
                    Files.write(file, bytes);
                },
                file -> Files.write(file, new byte[0]),
                Files::delete);
        for (Fault fault : faults) {
            Trees.delete(folder.resolve("repository"));
            Trees.delete(folder.resolve("models"));
            Trees.copy(once.resolve("repository"), folder.resolve("repository"));
            Trees.copy(once.resolve("models"), folder.resolve("models"));
            Path file = only(book);
            assertThat(file.toFile().setWritable(true)).isTrue();
            fault.hit(file);
            repair();
            requireAll();
        }
    }

    /** What a clean-up left whose list of files was written and could not be synced: RocksDB took its new tables away again. */
    @Test
    void aListOfTablesThatAreGoneIsMadeFromThoseBefore() throws IOException {
        Trees.copy(once.resolve("repository"), folder.resolve("repository"));
        Trees.copy(once.resolve("models"), folder.resolve("models"));
        Path parameters = folder.resolve("repository/.mgit/parameters");
        try (var made = new MadeRepository(folder)) {
            made.commit(Families.fineTuned(CHILD, "gone", 3, 1e-3), "child");
        }
        Path before = folder.resolve("before");
        Trees.copy(parameters, before);
        try (RocksParameterStore store = RocksParameterStore.openWritable(parameters)) {
            store.compact();
        }
        moveTables(parameters, folder.resolve("after"));
        moveTables(before, parameters);
        try (var made = new MadeRepository(folder)) {
            assertThatThrownBy(() -> made.requireSame(child, "child"))
                    .isInstanceOf(MgitException.class)
                    .extracting(e -> ((MgitException) e).kind())
                    .isEqualTo(MgitException.Kind.INTEGRITY);
        }
        assertThat(repair()).anySatisfy(done -> assertThat(done).startsWith("rebuilt the parameter store"));
        requireAll();
    }

    private static void moveTables(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().matches(".*\\.(sst|blob)")) {
                    Files.move(file, to.resolve(file.getFileName()));
                }
            }
        }
    }

    /** JGit reserves as much memory as an index of a pack says that it has objects for. */
    @Test
    void noCountInAnIndexOfAPackTakesMemoryThatItHasNoBytesFor() throws IOException {
        Trees.copy(once.resolve("repository"), folder.resolve("repository"));
        Trees.copy(once.resolve("models"), folder.resolve("models"));
        Path index = only("lineage.git/objects/pack/.*\\.idx");
        assertThat(index.toFile().setWritable(true)).isTrue();
        byte[] whole = Files.readAllBytes(index);
        for (int bit : new int[] {0, 1, 4, 5, 6, 7, 12, 24, 31}) {
            byte[] flipped = whole.clone();
            flipped[8 + 4 * 200 + bit / 8] ^= (byte) (0x80 >> bit % 8);
            Files.write(index, flipped);
            MgitException refused = catchThrowableOfType(MgitException.class, () -> {
                try (var made = new MadeRepository(folder)) {
                    made.repository().lineage().resolve("base");
                    made.requireSame(base, "base");
                }
            });
            if (refused != null) {
                assertThat(refused.kind()).as("bit %d: %s", bit, refused).isEqualTo(MgitException.Kind.INTEGRITY);
                assertThat(refused.hint()).contains("fsck --repair");
            }
            if (bit > 0 && bit < 16) {
                assertThat(refused).as("bit %d", bit).hasMessageContaining(index.toString());
            }
        }
        assertThat(repair()).anySatisfy(done -> assertThat(done).startsWith("made the index of"));
        requireAll();
        assertThat(index).hasBinaryContent(whole);
    }

    @Test
    void anIndexOfAnotherPackIsMadeAgain() throws IOException {
        Trees.copy(once.resolve("repository"), folder.resolve("repository"));
        Trees.copy(once.resolve("models"), folder.resolve("models"));
        Path index = only("lineage.git/objects/pack/.*\\.idx");
        byte[] whole = Files.readAllBytes(index);
        byte[] other = whole.clone();
        other[whole.length - 40] ^= 1; // the hash of its pack, and its own made to fit
        byte[] hash = Constants.newMessageDigest().digest(Arrays.copyOf(other, whole.length - 20));
        System.arraycopy(hash, 0, other, whole.length - 20, hash.length);
        assertThat(index.toFile().setWritable(true)).isTrue();
        Files.write(index, other);
        repair();
        requireAll();
        assertThat(index).hasBinaryContent(whole);
    }

    @Test
    void aStoreWithoutItsListIsNotTakenForANewOne() throws IOException {
        Trees.copy(once.resolve("repository"), folder.resolve("repository"));
        Trees.copy(once.resolve("models"), folder.resolve("models"));
        Files.delete(only("parameters/CURRENT"));
        try (var made = new MadeRepository(folder)) {
            assertThatThrownBy(() -> made.commit("other", folder.resolve("models/child")))
                    .isInstanceOfSatisfying(MgitException.class, e -> {
                        assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
                        assertThat(e.hint()).contains("fsck --repair");
                    });
        }
        assertThat(repair()).anySatisfy(done -> assertThat(done).startsWith("rebuilt the parameter store"));
        requireAll();
    }

    /** RocksDB takes the beginning of its list for the list of a crashed process, and removes what is not in it. */
    @Test
    void aShortenedListIsNotTakenForAnOlderStateOfTheStore() throws IOException {
        Trees.copy(once.resolve("repository"), folder.resolve("repository"));
        Trees.copy(once.resolve("models"), folder.resolve("models"));
        Path list = only("parameters/MANIFEST-.*");
        byte[] whole = Files.readAllBytes(list);
        Path parameters = list.resolveSibling("");
        List<String> files = names(parameters);
        for (int length = 0; length < whole.length; length++) {
            Files.write(list, Arrays.copyOf(whole, length));
            for (Opening opening :
                    List.<Opening>of(RocksParameterStore::openWritable, RocksParameterStore::openReadOnly)) {
                assertThatThrownBy(() -> opening.open(parameters)).isInstanceOfSatisfying(MgitException.class, e -> {
                    assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
                    assertThat(e.hint()).contains("fsck --repair");
                });
            }
        }
        assertThat(names(parameters)).isEqualTo(files);
        Files.write(list, Arrays.copyOf(whole, whole.length / 2));
        repair();
        requireAll();
    }

    private interface Opening {
        Object open(Path directory);
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aRebuiltStoreTakesItsPlaceAfterACrash() throws IOException {
        Trees.copy(once.resolve("repository"), folder.resolve("repository"));
        Trees.copy(once.resolve("models"), folder.resolve("models"));
        Path mgit = folder.resolve("repository/.mgit");
        Files.move(mgit.resolve("parameters"), mgit.resolve("parameters-rebuilt"));
        Files.createDirectories(mgit.resolve("parameters-damaged"));
        try (var made = new MadeRepository(folder);
                WriterLock lock = made.lock()) {
            lock.requireHeld();
        }
        requireAll();
    }

    private List<String> repair() throws IOException {
        try (Repository damaged = Repository.openDamaged(folder.resolve("repository"), User.unknown());
                WriterLock lock = damaged.lock("repair", Duration.ofSeconds(60), notice -> {})) {
            return new Fsck(damaged, CopyProgress.none()).repair(() -> MadeRepository.ADA, lock);
        }
    }

    private void requireAll() throws IOException {
        try (var made = new MadeRepository(folder)) {
            assertThat(made.fsck().damage()).isEmpty();
            assertThat(made.repository().lineage().resolve("base")).isEqualTo(base);
            assertThat(made.repository().lineage().resolve("v1")).isEqualTo(base);
            assertThat(made.repository().lineage().resolve("child")).isEqualTo(child);
            made.requireSame(base, "base");
            made.requireSame(child, "child");
        }
    }

    private Path only(String book) throws IOException {
        Path mgit = folder.resolve("repository/.mgit");
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(mgit)) {
            files.filter(file -> mgit.relativize(file).toString().matches(book)).forEach(found::add);
        }
        Optional<Path> first = found.stream().findFirst();
        assertThat(first).as(book).isPresent();
        return first.orElseThrow();
    }
}
