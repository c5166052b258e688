package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Made models throughout. */
class FsckTest {
    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);
    private static final MadeModel CHILD = Families.fineTuned(BASE, "child", 2, 1e-3);
    private static final int FLIPS = 60;

    @TempDir
    private Path folder;

    @Test
    void aDamagedBlockIsNamedWithEveryTensorItReaches() throws IOException {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.commit(BASE);
            VersionId child = made.commit(CHILD, "base");
            Manifest.Entry head = made.tensor(base, "lm_head.weight");
            try (WriterLock lock = made.lock();
                    var store = made.repository().writableParameters(lock)) {
                StoredObject.Block block =
                        store.object(head.object()).orElseThrow().blocks().get(0);
                byte[] frame = store.frame(block.id()).orElseThrow();
                frame[frame.length / 2] ^= 1;
                store.putBlock(block.id(), frame);
                store.flush();
            }
            FsckReport report = made.fsck();
            assertThat(report.damage()).hasSize(1);
            FsckReport.Damage damage = report.damage().get(0);
            assertThat(damage.place()).isEqualTo(Place.BLOCK);
            Optional<String> file = Optional.of("model.safetensors");
            Optional<String> tensor = Optional.of("lm_head.weight");
            assertThat(damage.touched())
                    .containsExactlyInAnyOrder(
                            new FsckReport.Touched(base, "base", file, tensor, false),
                            new FsckReport.Touched(child, "child", file, tensor, true));
            assertThat(new Fsck(made.repository(), dev.mgit.lineage.checkpoint.CopyProgress.none())
                            .versions(List.of(child), false)
                            .damage())
                    .hasSize(1);
        }
    }

    @Test
    void aMissingStoreIsDamage() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.commit(BASE);
            Trees.delete(made.repository().files().parameters());
            assertThat(made.fsck().damage()).singleElement().satisfies(damage -> {
                assertThat(damage.place()).isEqualTo(Place.STORE);
                assertThat(damage.touched()).isNotEmpty();
            });
        }
    }

    @Test
    void aDamagedStateFileOfACheckoutIsFound() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.commit(BASE);
            Files.writeString(made.repository().files().checkouts().resolve("a.json"), "{\"folder\":");
            assertThat(made.fsck().damage())
                    .extracting(FsckReport.Damage::place)
                    .containsExactly(Place.CHECKOUT);
        }
    }

    /** One bit at a time, at seeded positions of the files of both stores, loose and packed. */
    @Test
    void aFlippedBitIsFoundOrHarmless() throws IOException {
        VersionId base;
        VersionId child;
        try (var made = new MadeRepository(folder)) {
            base = made.commit(BASE);
            child = made.commit(CHILD, "base");
            made.collectAll();
            made.commit(Families.sparselyTuned(CHILD, "grandchild", 5, 0.01), "child");
        }
        assertThat(flip(storedFiles(), base, child)).isGreaterThan(FLIPS / 4);
    }

    /** References, operations, settings and the rest: all that no hash of an object covers. */
    @Test
    void aFlippedBitInTheBooksIsFoundOrHarmless() throws IOException {
        VersionId base;
        VersionId child;
        try (var made = new MadeRepository(folder)) {
            base = made.commit(BASE);
            child = made.commit(CHILD, "base");
            made.change("tag", transaction -> transaction.setTag("v1", base));
            made.collectAll();
            made.change("tag", transaction -> transaction.setTag("v2", child));
        }
        assertThat(flip(books(), base, child)).isGreaterThan(FLIPS / 4);
    }

    @Test
    void aFlippedLetterInAPackedNameIsFound() throws IOException {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.commit(BASE);
            made.change("tag", transaction -> transaction.setTag("v1", base));
            made.collectAll();
            Path packed = made.repository().files().lineage().resolve("packed-refs");
            String text = Files.readString(packed);
            for (String[] flip : new String[][] {{"heads/base", "heads/basd"}, {"tags/v1", "tags/v3"}}) {
                overwrite(packed, text.replace(flip[0], flip[1]).getBytes(StandardCharsets.ISO_8859_1));
                made.reopen();
                assertThat(made.fsck().damage())
                        .extracting(FsckReport.Damage::what)
                        .contains("reference refs/" + flip[0]);
            }
            overwrite(packed, text.getBytes(StandardCharsets.ISO_8859_1));
            made.reopen();
            assertThat(made.fsck().damage()).isEmpty();
        }
    }

    /** Git's own log explains it to commands that only read; a check names it, since mgit did not do it. */
    @Test
    void aBranchThatGitMovedIsNamed() throws Exception {
        try (var made = new MadeRepository(folder)) {
            made.commit(BASE);
            made.commit(CHILD, "base");
            for (String command : List.of("branch -f base child", "branch third base", "branch -D child")) {
                List<String> words = new ArrayList<>(
                        List.of("git", "-C", made.repository().files().lineage().toString()));
                words.addAll(List.of(command.split(" ")));
                assertThat(Await.exit(new ProcessBuilder(words).start())).isZero();
            }
            made.reopen();
            assertThat(made.fsck().damage())
                    .allSatisfy(damage -> assertThat(damage.why()).startsWith("it was changed outside mgit"))
                    .extracting(FsckReport.Damage::what)
                    .containsExactly(
                            "reference refs/heads/base", "reference refs/heads/child", "reference refs/heads/third");
        }
    }

    /** Flips bits at seeded positions, one at a time; returns how many of them a check reported. */
    private int flip(List<Path> files, VersionId base, VersionId child) throws IOException {
        Path repository = folder.resolve("repository");
        Path kept = folder.resolve("kept");
        Trees.copy(repository, kept);
        Random random = new Random(20);
        int found = 0;
        for (int i = 0; i < FLIPS; i++) {
            Path file = files.get(i % files.size());
            byte[] before = Files.readAllBytes(file);
            byte[] flipped = before.clone();
            int at = random.nextInt(flipped.length);
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            overwrite(file, flipped);
            boolean reported = isReported();
            found += reported ? 1 : 0;
            boolean baseReadable = isReadable(base, "base");
            boolean readable = isReadable(child, "child") && baseReadable;
            assertThat(reported || readable && namesStand())
                    .as("flip %d at %d of %s: neither reported nor harmless", i, at, file)
                    .isTrue();
            overwrite(file, before);
            if (!files.stream().allMatch(Files::exists)) { // one that reads has put the store right
                Trees.delete(repository);
                Trees.copy(kept, repository);
            }
        }
        assertThat(isReported()).isFalse();
        return found;
    }

    /** A command that refuses to work reports as well as a check does. */
    private boolean isReported() throws IOException {
        try (var made = new MadeRepository(folder)) {
            return !made.fsck().isClean();
        } catch (MgitException | UncheckedIOException e) {
            assertThat(e.getMessage()).isNotBlank();
            return true;
        }
    }

    private boolean namesStand() throws IOException {
        try (var made = new MadeRepository(folder)) {
            return made.repository().lineage().models().stream()
                    .map(Model::name)
                    .toList()
                    .containsAll(List.of("base", "child"));
        }
    }

    /** Wrong bytes would be an assertion error; refusing is right. */
    private boolean isReadable(VersionId version, String model) throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.requireSame(version, model);
            return true;
        } catch (MgitException | UncheckedIOException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }

    private List<Path> storedFiles() throws IOException {
        Path mgit = folder.resolve("repository").resolve(".mgit");
        try (Stream<Path> parameters = Files.walk(mgit.resolve("parameters"));
                Stream<Path> objects = Files.walk(mgit.resolve("lineage.git").resolve("objects"))) {
            return Stream.concat(parameters, objects)
                    .filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() > 0)
                    .filter(file -> !file.getFileName().toString().matches("LOG|LOCK|.*commit-graph"))
                    .sorted()
                    .toList();
        }
    }

    private List<Path> books() throws IOException {
        Path mgit = folder.resolve("repository").resolve(".mgit");
        try (Stream<Path> files = Files.walk(mgit)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() > 0)
                    .filter(file ->
                            !mgit.relativize(file).toString().matches("(parameters|index|lineage.git/objects)/.*|lock"))
                    .sorted()
                    .toList();
        }
    }

    private static void overwrite(Path file, byte[] content) throws IOException {
        if (!file.toFile().setWritable(true)) {
            throw new IOException("cannot make " + file + " writable");
        }
        Files.write(file, content);
    }
}
