package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CheckoutRequest;
import dev.mgit.lineage.checkpoint.Checkouts;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Repositories written once, by {@link GoldenRepositories}: a healthy one of each format version must be read for ever,
 * and every kind of damage to it must be named. A damage is an archive of what it changes in the healthy one.
 */
class GoldenRepositoriesTest {
    /** SHA-256 of each model's weights in the healthy repository of format 1. */
    private static final Map<String, String> WEIGHTS = Map.of(
            "base", "7322d18a8b310da2ea02384aa71b009fcab5d781d74fa53fc800388fb7f63441",
            "child", "0d3d40fc750969b9a049780285126b7c2ec7cbd8df111686682ea5cb4e7af0a7",
            "lossy", "a121caa8f92b5bd99dbf41db3b985a132a58ebbb7c3554dcd1d747e871281efe");

    @TempDir
    private Path folder;

    /** Of format 1: before the operation log was chained, and since. */
    @ParameterizedTest
    @ValueSource(strings = {"healthy-1", "healthy-1-chained"})
    void theHealthyOneIsReadAsItWasWritten(String archive) throws IOException {
        unpack(archive);
        try (var made = new MadeRepository(folder)) {
            assertThat(made.fsck().damage()).isEmpty();
            Repository repository = made.repository();
            for (Map.Entry<String, String> model : WEIGHTS.entrySet()) {
                VersionId head = repository.lineage().resolve(model.getKey());
                Path out = folder.resolve(model.getKey());
                new Checkouts(repository, CopyProgress.none())
                        .checkout(CheckoutRequest.whole(head, model.getKey(), out));
                byte[] weights = Files.readAllBytes(out.resolve("model.safetensors"));
                assertThat(HexFormat.of().formatHex(Hashes.sha256().digest(weights)))
                        .as(model.getKey())
                        .isEqualTo(model.getValue());
            }
            VersionId lossy = repository.lineage().resolve("lossy");
            assertThat(LossReport.of(repository.lineage(), lossy).orElseThrow().bound())
                    .isEqualTo(1e-4);
            assertThat(repository.lineage().tags()).hasSize(1);
            assertThat(repository.lineage().operations(10)).hasSizeGreaterThan(3);
        }
    }

    /** The first writer chains the log of operations, whatever of that a killed one had written. */
    @Test
    void aMigrationThatWasKilledGoesOn() throws IOException {
        unpack("healthy-1");
        Path operations = folder.resolve("repository/.mgit/operations");
        int before = (int) Files.size(operations);
        tag();
        byte[] after = Files.readAllBytes(operations);
        String text = new String(after, StandardCharsets.ISO_8859_1);
        assertThat(text).contains("\"prev\"");
        int done = text.lastIndexOf('\n', text.length() - 2); // after it, references have moved
        for (int cut = before; cut < done + 50; cut += 97) {
            Trees.delete(folder.resolve("repository"));
            unpack("healthy-1");
            Files.write(operations, Arrays.copyOf(after, cut));
            tag();
            try (var made = new MadeRepository(folder)) {
                assertThat(made.fsck().damage())
                        .as("cut at %s of %s", cut, after.length)
                        .isEmpty();
                assertThat(made.repository().lineage().tags()).hasSize(2);
            }
        }
    }

    private void tag() throws IOException {
        try (var made = new MadeRepository(folder)) {
            VersionId base = made.repository().lineage().resolve("base");
            made.change("tag", transaction -> transaction.setTag("v2", base));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "flipped-block, BLOCK, is damaged",
        "missing-block, BLOCK, missing",
        "missing-object, OBJECT, missing",
        "cut-store-file, STORE, size mismatch",
        "cut-git-object, LINEAGE, Unexpected end",
        "dangling-head, LINEAGE, child",
        "cut-operations-log, LINEAGE, operation",
    })
    void everyKindOfDamageIsNamed(String damage, Place place, String words) throws IOException {
        unpack("healthy-1");
        unpack(damage);
        try (var made = new MadeRepository(folder)) {
            assertThat(made.fsck().damage()).as("%s", made.fsck().damage()).anySatisfy(found -> {
                assertThat(found.place()).isEqualTo(place);
                assertThat(found.what() + ": " + found.why()).contains(words);
            });
        }
    }

    @Test
    void aNewerRepositoryIsRefused() throws IOException {
        unpack("healthy-1");
        unpack("newer-format");
        assertThatThrownBy(() -> Repository.open(folder.resolve("repository")))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("has format 2, this mgit reads up to 1");
    }

    /** Entries below {@code delete/} name files to delete, all others files to write. */
    private void unpack(String archive) throws IOException {
        Path root = folder.resolve("repository");
        try (InputStream in = GoldenRepositoriesTest.class.getResourceAsStream("golden/" + archive + ".zip");
                var zip = new ZipInputStream(Objects.requireNonNull(in, archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                boolean deletes = entry.getName().startsWith("delete/");
                Path file = root.resolve(deletes ? entry.getName().substring(7) : entry.getName());
                Files.createDirectories(file.getParent());
                Files.deleteIfExists(file);
                if (entry.isDirectory()) {
                    Files.createDirectories(file);
                } else if (!deletes) {
                    Files.write(file, zip.readAllBytes());
                }
            }
        }
    }
}
