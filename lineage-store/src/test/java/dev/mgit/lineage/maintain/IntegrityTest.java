package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import dev.mgit.lineage.checkpoint.CheckoutRequest;
import dev.mgit.lineage.checkpoint.Checkouts;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Right versions and right bytes, or a sentence. Made files throughout. */
class IntegrityTest {
    private static final int LARGE = 1 << 21;

    @TempDir
    private Path folder;

    private MadeRepository made;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void create() throws IOException {
        made = new MadeRepository(folder);
        made.repository().warn(warnings::add);
    }

    @AfterEach
    void close() {
        made.close();
    }

    private void reopen() throws IOException {
        made.reopen();
        warnings.clear();
        made.repository().warn(warnings::add);
    }

    /** A folder of one small and one large file, the same for the same number. */
    private Path files(int number) throws IOException {
        Path files = folder.resolve("files-" + number);
        Files.createDirectories(files);
        byte[] large = new byte[LARGE];
        new Random(number).nextBytes(large);
        Files.write(files.resolve("large.bin"), large);
        Files.writeString(files.resolve("number.txt"), Integer.toString(number));
        return files;
    }

    private void requireNumber(VersionId version, int number) throws IOException {
        Path target = Files.createTempDirectory(folder, "out").resolve("m");
        new Checkouts(made.repository(), CopyProgress.none()).checkout(CheckoutRequest.whole(version, "m", target));
        MadeRepository.requireSame(files(number), target);
    }

    private Path git() {
        return made.repository().files().lineage();
    }

    private void git(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("git", "--git-dir", git().toString()));
        command.addAll(List.of(words));
        assertThat(Await.exit(new ProcessBuilder(command).inheritIO().start())).isZero();
    }

    private static void change(Path file, UnaryOperator<byte[]> change) throws IOException {
        assertThat(file.toFile().setWritable(true)).isTrue();
        Files.write(file, change.apply(Files.readAllBytes(file)));
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 1;
        return copy;
    }

    private List<VersionId> versions(int count) throws IOException {
        List<VersionId> versions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            versions.add(made.commit("m", files(i)));
        }
        return versions;
    }

    /** Where the positions of the first parents lie in a commit graph, in Git's chunk format. */
    private static List<Integer> parentFields(byte[] graph) {
        ByteBuffer in = ByteBuffer.wrap(graph);
        int chunks = graph[6];
        int fanout = 0;
        int data = 0;
        for (int i = 0; i < chunks; i++) {
            int entry = 8 + 12 * i;
            int name = in.getInt(entry);
            fanout = name == 0x4f494446 ? (int) in.getLong(entry + 4) : fanout;
            data = name == 0x43444154 ? (int) in.getLong(entry + 4) : data;
        }
        List<Integer> fields = new ArrayList<>();
        for (int i = 0; i < in.getInt(fanout + 1020); i++) {
            fields.add(data + 36 * i + 20);
        }
        return fields;
    }

    @Test
    void parentsComeFromCommitsWhateverACommitGraphSays() throws Exception {
        List<VersionId> versions = versions(3);
        git("config", "core.commitGraph", "true");
        git("commit-graph", "write", "--reachable");
        Path file = git().resolve("objects/info/commit-graph");
        byte[] sound = Files.readAllBytes(file);
        for (int field : parentFields(sound)) {
            for (int bit = 0; bit < 2; bit++) {
                byte[] wrong = sound.clone();
                wrong[field + 3] ^= (byte) (1 << bit);
                change(file, before -> wrong);
                Files.deleteIfExists(made.repository().files().graphIndex());
                reopen();
                assertThat(made.repository().lineage().resolve("m~1")).isEqualTo(versions.get(1));
                assertThat(made.repository().lineage().resolve("m^^")).isEqualTo(versions.get(0));
                assertThat(made.repository().graph().size()).isEqualTo(3);
                assertThat(made.fsck().damage())
                        .extracting(FsckReport.Damage::what)
                        .contains("Git file " + file);
            }
        }
        made.collectAll();
        assertThat(file).doesNotExist();
        reopen();
        for (int i = 0; i < versions.size(); i++) {
            requireNumber(versions.get(i), i);
        }
        assertThat(made.fsck().damage()).isEmpty();
    }

    @Test
    void nothingIsRemovedWhileAPackIndexIsDamaged() throws IOException {
        List<VersionId> versions = versions(3);
        made.collectAll();
        Path index = only("objects/pack", ".idx");
        byte[] sound = Files.readAllBytes(index);
        for (int at = 8 + 1024; at < sound.length - 40; at += 7) {
            byte[] wrong = flipped(sound, at);
            change(index, before -> wrong);
            reopen();
            assertThatThrownBy(made::collectAll).isInstanceOf(MgitException.class);
        }
        change(index, before -> sound);
        reopen();
        for (int i = 0; i < versions.size(); i++) {
            requireNumber(versions.get(i), i);
        }
    }

    private Path only(String where, String ending) throws IOException {
        try (Stream<Path> files = Files.list(git().resolve(where))) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(ending)).toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    private VersionId written(VersionId like, Function<FileEntry, FileEntry> files, UnaryOperator<Manifest> manifests)
            throws IOException {
        var lineage = made.repository().lineage();
        Version version = lineage.version(like);
        Checkpoint checkpoint = lineage.checkpoint(like);
        Map<String, Manifest> changed = Map.of("large.bin", manifests.apply(lineage.manifest(like, "large.bin")));
        VersionId[] made = new VersionId[1];
        this.made.change("forge", transaction -> {
            made[0] = transaction.write(new NewVersion(
                    "forged",
                    Optional.empty(),
                    List.of(),
                    "forged",
                    MadeRepository.ADA,
                    version.when(),
                    Map.of(),
                    checkpoint.files().stream().map(files).toList(),
                    Map.of("number.txt", lineage.verbatim(like, "number.txt")),
                    changed,
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Map.of()));
            transaction.setModel("forged", made[0]);
        });
        return made[0];
    }

    private void requireRefused(VersionId version, String... words) throws IOException {
        Path target = folder.resolve("refused");
        assertThatThrownBy(() -> new Checkouts(made.repository(), CopyProgress.none())
                        .checkout(CheckoutRequest.whole(version, "forged", target)))
                .isInstanceOfSatisfying(MgitException.class, e -> {
                    assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY);
                    assertThat(e.getMessage()).contains(words);
                });
        assertThat(target).doesNotExist();
        assertThat(made.fsck().damage())
                .anySatisfy(damage -> assertThat(damage.what() + damage.why()).contains(words));
    }

    @Test
    void aFalseDigestOfAWholeFileIsFound() throws IOException {
        VersionId base = made.commit("m", files(1));
        VersionId forged =
                written(base, file -> file, it -> new Manifest(it.format(), it.size(), "0".repeat(64), it.entries()));
        requireRefused(forged, "large.bin", "SHA-256", "0".repeat(64));
    }

    @Test
    void aFalseSizeIsFound() throws IOException {
        VersionId base = made.commit("m", files(1));
        for (String path : List.of("large.bin", "number.txt")) {
            VersionId forged = written(
                    base,
                    file -> file.path().equals(path)
                            ? new FileEntry(path, file.size() + 1, file.executable(), file.stored())
                            : file,
                    manifest -> manifest);
            requireRefused(forged, path, "bytes, but the version's record says");
            made.change("rm", transaction -> transaction.deleteModel("forged"));
        }
    }

    @Test
    void committingTheSameFilesHealsLooseGitObjects() throws IOException {
        VersionId first = made.commit("m", files(1));
        List<Path> objects = looseObjects();
        int refused = 0;
        for (Path object : objects) {
            byte[] sound = Files.readAllBytes(object);
            change(object, bytes -> flipped(bytes, bytes.length / 2));
            reopen();
            try {
                requireNumber(made.commit("m", files(1)), 1);
            } catch (MgitException e) {
                change(object, bytes -> sound);
                refused++;
            }
            reopen();
            requireNumber(first, 1);
            assertThat(made.fsck().damage()).isEmpty();
        }
        assertThat(objects).hasSizeGreaterThan(5);
        assertThat(refused).as("the commit itself, whose bytes nobody has").isEqualTo(1);
    }

    private List<Path> looseObjects() throws IOException {
        try (Stream<Path> files = Files.walk(git().resolve("objects"))) {
            return files.filter(
                            file -> file.getParent().getFileName().toString().length() == 2)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        }
    }

    @Test
    void committingTheSameFilesHealsPackedGitObjects() throws IOException {
        VersionId first = made.commit("m", files(1));
        VersionId second = made.commit("n", files(2));
        made.collectAll();
        Path pack = only("objects/pack", ".pack");
        byte[] sound = Files.readAllBytes(pack);
        int healed = 0;
        for (int at = 20; at < sound.length - 20; at += 31) {
            byte[] wrong = flipped(sound, at);
            change(pack, before -> wrong);
            reopen();
            Optional<VersionId> again = Optional.empty();
            try {
                again = Optional.of(made.commit("again-" + at, files(1)));
            } catch (MgitException e) {
                // The commit of a model, of which nobody has the bytes; but nothing was acknowledged.
                assertThat(e.kind()).as(e.getMessage()).isEqualTo(MgitException.Kind.INTEGRITY);
            }
            reopen();
            if (again.isPresent()) {
                requireNumber(again.get(), 1);
                healed++;
            }
            change(pack, before -> sound);
            reopen();
        }
        assertThat(healed).isPositive();
        requireNumber(first, 1);
        requireNumber(second, 2);
    }

    /** The store's own checksums turn a flipped bit into an error of its reads, before mgit sees a byte. */
    @Test
    void committingTheSameFilesHealsTheStoresFiles() throws IOException {
        VersionId first = made.commit("m", files(1));
        Path parameters = folder.resolve("repository/.mgit/parameters");
        reopen();
        Map<String, byte[]> sound = contents(parameters);
        assertThat(sound.keySet()).anyMatch(name -> name.endsWith(".blob")).anyMatch(name -> name.endsWith(".sst"));
        for (Map.Entry<String, byte[]> file : sound.entrySet()) {
            boolean blob = file.getKey().endsWith(".blob");
            if (blob || file.getKey().endsWith(".sst")) {
                int step = Math.max(1, file.getValue().length / 24);
                for (int at = step / 2; at < file.getValue().length; at += step) {
                    Files.write(parameters.resolve(file.getKey()), flipped(file.getValue(), at));
                    String where = file.getKey() + " at " + at;
                    reopen();
                    Optional<VersionId> again = Optional.empty();
                    try {
                        again = Optional.of(made.commit("again", files(1)));
                    } catch (MgitException e) {
                        assertThat(e.kind()).as(where + ": " + e.getMessage()).isEqualTo(MgitException.Kind.INTEGRITY);
                        assertThat(blob).as(where + ": " + e.getMessage()).isFalse();
                    }
                    reopen();
                    if (again.isPresent()) {
                        requireNumber(again.get(), 1);
                        requireNumber(first, 1);
                        made.change("rm", transaction -> transaction.deleteModel("again"));
                    }
                    reopen();
                    restore(parameters, sound);
                }
            }
        }
    }

    private static Map<String, byte[]> contents(Path parameters) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(parameters)) {
            for (Path file : files) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private static void restore(Path parameters, Map<String, byte[]> sound) throws IOException {
        for (String name : contents(parameters).keySet()) {
            Files.delete(parameters.resolve(name));
        }
        for (Map.Entry<String, byte[]> file : sound.entrySet()) {
            Files.write(parameters.resolve(file.getKey()), file.getValue());
        }
    }

    @Test
    void committingTheSameFilesHealsBlocksAndObjects() throws IOException {
        VersionId first = made.commit("m", files(1));
        Manifest.Entry range = made.repository()
                .lineage()
                .manifest(first, "large.bin")
                .entries()
                .get(0);
        try (WriterLock lock = made.lock();
                var store = made.repository().writableParameters(lock)) {
            StoredObject object = store.object(range.object()).orElseThrow();
            for (StoredObject.Block block : object.blocks()) {
                byte[] frame = store.frame(block.id()).orElseThrow();
                store.putBlock(block.id(), flipped(frame, frame.length / 2));
            }
            store.flush();
        }
        assertThat(made.fsck().isClean()).isFalse();
        assertThatThrownBy(() -> made.commit("m", files(1)))
                .hasMessageContaining("nothing to commit")
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.hint()).contains("repaired from the files"));
        assertThat(made.fsck().damage()).isEmpty();
        requireNumber(first, 1);
    }

    @Test
    void aReferenceTakenBackIsWarnedOfAndCanBePutRight() throws IOException {
        List<VersionId> versions = versions(2);
        Path ref = git().resolve("refs/heads/m");
        change(ref, bytes -> (versions.get(0).hex() + "\n").getBytes(StandardCharsets.US_ASCII));
        for (Consumer<MadeRepository> reading : List.<Consumer<MadeRepository>>of(
                repository -> repository.repository().graph(),
                repository -> repository.repository().lineage().resolve("m"),
                repository -> repository.repository().lineage().model("m"))) {
            reopen();
            reading.accept(made);
            assertThat(warnings).singleElement().asString().contains("refs/heads/m", "operation log");
        }
        made.commit("other", files(3));
        reopen();
        assertThat(made.repository().lineage().models()).hasSize(2);
        assertThat(warnings).as("another operation hides nothing").hasSize(1);

        repair();
        reopen();
        assertThat(made.repository().lineage().resolve("m")).isEqualTo(versions.get(1));
        assertThat(warnings).isEmpty();
        assertThat(made.fsck().damage()).isEmpty();
        Operation undone = made.repository().lineage().undo(Optional.empty(), MadeRepository.ADA);
        assertThat(undone.description()).isEqualTo("fsck --repair");
        reopen();
        assertThat(made.repository().lineage().resolve("m")).isEqualTo(versions.get(0));
        assertThat(warnings).as("where an undo put it is where it belongs").isEmpty();
    }

    @Test
    void aReferenceFromNowhereIsKeptAndWrittenDown() throws IOException {
        VersionId version = versions(1).get(0);
        Files.writeString(git().resolve("refs/heads/copy"), version.hex() + "\n");
        reopen();
        assertThat(made.repository().lineage().models()).hasSize(2);
        assertThat(warnings).singleElement().asString().contains("refs/heads/copy");
        assertThat(repair()).singleElement().asString().contains("kept 'copy'");
        reopen();
        assertThat(made.repository().lineage().models()).hasSize(2);
        assertThat(warnings).isEmpty();
        assertThat(made.fsck().damage()).isEmpty();
    }

    private List<String> repair() throws IOException {
        WriterLock lock = made.lock();
        try (lock) {
            return new Fsck(made.repository(), CopyProgress.none()).repair(() -> MadeRepository.ADA, lock);
        }
    }

    @Test
    void whatPlainGitMovesIsNotWarnedOf() throws Exception {
        List<VersionId> versions = versions(2);
        git("branch", "-f", "m", versions.get(0).hex());
        git("branch", "n", versions.get(1).hex());
        reopen();
        assertThat(made.repository().lineage().models()).hasSize(2);
        made.commit("other", files(3));
        made.collectAll();
        reopen();
        assertThat(made.repository().lineage().models()).hasSize(3);
        assertThat(warnings).isEmpty();
    }

    @Test
    void ofAModelAndATagOfOneNameTheModelIsMeant() throws Exception {
        VersionId first = made.commit("m", files(1));
        VersionId second = made.commit("n", files(2));
        git("tag", "m", second.hex());
        reopen();
        assertThat(made.repository().lineage().resolve("m")).isEqualTo(first);
        assertThat(warnings).singleElement().asString().contains("refs/heads/m", "refs/tags/m");
        assertThat(made.repository().lineage().resolve("refs/tags/m")).isEqualTo(second);
        assertThat(made.repository().lineage().resolve("refs/heads/m")).isEqualTo(first);
        assertThat(warnings).hasSize(1);
        assertThatThrownBy(() -> made.change("tag", transaction -> transaction.setTag("n", first)))
                .hasMessageContaining("already a model 'n'");
    }
}
