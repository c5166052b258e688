package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
            Manifest.Entry head = made.repository().lineage().manifest(base, "model.safetensors").entries().stream()
                    .filter(entry -> entry.tensor()
                            .filter(tensor -> tensor.name().equals("lm_head.weight"))
                            .isPresent())
                    .findFirst()
                    .orElseThrow();
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
            assertThat(new Fsck(made.repository(), dev.mgit.lineage.checkpoint.Progress.none())
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
        Random random = new Random(20);
        List<Path> files = storedFiles();
        int found = 0;
        for (int i = 0; i < FLIPS; i++) {
            Path file = files.get(i % files.size());
            byte[] before = Files.readAllBytes(file);
            byte[] flipped = before.clone();
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
            overwrite(file, flipped);
            boolean reported = isReported();
            found += reported ? 1 : 0;
            boolean readable = isReadable(base, "base") & isReadable(child, "child");
            assertThat(reported || readable)
                    .as("flip %d in %s: neither reported nor harmless", i, file)
                    .isTrue();
            overwrite(file, before);
        }
        assertThat(found).isGreaterThan(FLIPS / 4);
        assertThat(isReported()).isFalse();
    }

    private boolean isReported() throws IOException {
        try (var made = new MadeRepository(folder)) {
            return !made.fsck().isClean();
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
        try (Stream<Path> files = Stream.concat(
                Files.walk(mgit.resolve("parameters")),
                Files.walk(mgit.resolve("lineage.git").resolve("objects")))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() > 0)
                    .filter(file -> !file.getFileName().toString().matches("LOG|LOCK|.*commit-graph"))
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
