package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeRemovalTest {
    @TempDir
    Path folder;

    @Test
    void linksAreRemovedAndNotFollowed() throws IOException {
        Path kept = Files.createDirectories(folder.resolve("kept"));
        Files.writeString(kept.resolve("file"), "x");
        Path tree = Files.createDirectories(folder.resolve("tree/below"));
        Files.createSymbolicLink(tree.resolve("link"), kept);
        Path link = Files.createSymbolicLink(folder.resolve("link"), kept);

        DurableFiles.deleteTree(folder.resolve("tree"));
        DurableFiles.deleteTree(link);
        DurableFiles.deleteTree(folder.resolve("never there"));

        assertThat(folder.resolve("tree")).doesNotExist();
        assertThat(Files.isSymbolicLink(link)).isFalse();
        assertThat(kept.resolve("file")).exists();
    }

    /** A command that outlives its killed parent writes into the folder until it finds it gone. */
    @Test
    void aStragglerMayStillWriteIntoIt() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 20; round++) {
                Path tree = Files.createDirectories(folder.resolve("tree" + round + "/results"));
                for (int i = 0; i < 200; i++) {
                    Files.writeString(tree.resolve("old" + i), "x");
                }
                CountDownLatch writes = new CountDownLatch(1);
                var straggler = threads.submit(() -> write(tree, writes));
                writes.await();
                DurableFiles.deleteTree(tree.getParent());
                assertThat(tree.getParent()).doesNotExist();
                straggler.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Void write(Path results, CountDownLatch writes) throws IOException {
        try {
            for (int i = 0; i < 400; i++) {
                Files.writeString(results.resolve("new" + i), "x");
                writes.countDown();
            }
        } catch (NoSuchFileException gone) {
            assertThat(results).doesNotExist();
        }
        return null;
    }
}
