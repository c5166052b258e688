package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.holdsStaging;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.SmallDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full, at several degrees, so that different writes are the ones that fail. */
@Tag("slow")
class FullDiskTest {
    private static final long[] FREE_KB = {0, 4, 16, 64, 300, 1000, 3000, 5000};

    @TempDir
    private Path folder;

    private Optional<SmallDisk> disk = Optional.empty();
    private TestRepository repository;
    private Path model;

    @BeforeEach
    void oneModelOnASmallDisk() throws IOException {
        disk = SmallDisk.ofBytes(64 << 20);
        assumeTrue(disk.isPresent(), "this user may not mount");
        repository = TestRepository.init(disk.get().root().resolve("repo"));
        model = weights(folder.resolve("model/model.safetensors"), 1, 1 << 20).getParent();
        Files.writeString(model.resolve("config.json"), "{}");
        repository.ok("commit", model.toString(), "--model", "m");
    }

    @AfterEach
    void unmount() throws IOException {
        if (disk.isPresent()) {
            disk.get().close();
        }
    }

    /** Leaves so many kB free. */
    private void fill(long kilobytes) throws IOException {
        Path root = disk.orElseThrow().root();
        FileStore store = Files.getFileStore(root);
        try (OutputStream out = Files.newOutputStream(root.resolve("filler"))) {
            // The disk's own books take space, too, so not all at once.
            for (long much = free(store, kilobytes); much > 0; much = free(store, kilobytes)) {
                out.write(new byte[(int) Math.max(4096, much / 2)]);
            }
        }
    }

    private static long free(FileStore store, long kilobytes) throws IOException {
        return store.getUsableSpace() - kilobytes * 1024;
    }

    private void empty() throws IOException {
        Files.delete(disk.orElseThrow().root().resolve("filler"));
    }

    /** A full disk is not the fault of the model that meets it. */
    @Test
    void anImportThatDoesNotFitEndsAndGoesOnOnceThereIsSpace() throws IOException {
        Path models = folder.resolve("models");
        for (int i = 0; i < 2; i++) {
            weights(models.resolve("m" + i + "/model.safetensors"), 3 + i, 2 << 20);
        }
        fill(300);
        Cli.Ran ran = repository.run("import", models.toString());
        TestRepository.assertRefused(ran, 1, "no space left on the disk");
        assertThat(ran.err()).doesNotContain("left out");
        empty();
        assertThat(repository.ok("import", models.toString())).contains("imported 2 versions");
        repository.ok("fsck");
    }

    @Test
    void aCommitThatDoesNotFitChangesNothingAndSucceedsOnceThereIsSpace() throws IOException {
        TreeMap<String, String> first = contents(model);
        String before = repository.ok("log");
        weights(model.resolve("model.safetensors"), 2, 2 << 20);
        for (long free : FREE_KB) {
            fill(free);
            Cli.Ran ran = repository.run("commit", model.toString(), "--model", "m");
            TestRepository.assertRefused(ran, 1, "no space left on the disk");
            assertThat(repository.ok("log")).isEqualTo(before);
            empty();
            Path out = folder.resolve("out" + free);
            repository.ok("checkout", "m", out.toString());
            assertThat(contents(out)).isEqualTo(first);
        }
        repository.ok("commit", model.toString(), "--model", "m");
        repository.ok("checkout", "m", folder.resolve("new").toString());
        assertThat(contents(folder.resolve("new"))).isEqualTo(contents(model));
    }

    @Test
    void aChangeOfNamesThatDoesNotFitChangesNothing() throws IOException {
        fill(0);
        repository.refuses(1, "no space left on the disk", "tag", "v1", "m");
        repository.refuses(1, "no space left on the disk", "mv", "m", "n");
        TestRepository.assertRefused(
                Cli.run(disk.orElseThrow().root(), "init", "other"), 1, "no space left on the disk");
        empty();
        repository.ok("tag", "v1", "m");
    }

    @Test
    void aCheckoutThatDoesNotFitLeavesTheFolderAsItWas() throws IOException {
        TreeMap<String, String> first = contents(model);
        weights(model.resolve("model.safetensors"), 2, 1 << 20);
        repository.ok("commit", model.toString(), "--model", "m");
        repository.ok("checkout", "m~1", "there");
        for (long free : new long[] {0, 8, 500, 3000}) {
            fill(free);
            TestRepository.assertRefused(repository.run("checkout", "m", "new"), 1, "no space left on the disk");
            TestRepository.assertRefused(repository.run("checkout", "m", "there"), 1, "no space left on the disk");
            empty();
            assertThat(repository.root().resolve("new")).doesNotExist();
            assertThat(contents(repository.root().resolve("there"))).isEqualTo(first);
            assertThat(holdsStaging(repository.root())).isFalse();
        }
        repository.ok("checkout", "m", "there");
        assertThat(contents(repository.root().resolve("there"))).isEqualTo(contents(model));
    }
}
