package dev.mgit.cli.command.evidence;

import dev.mgit.lineage.repository.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of the system's for temporary files, gone afterwards. */
record ScratchFolder(Path path) implements AutoCloseable {
    static ScratchFolder create() throws IOException {
        return new ScratchFolder(Files.createTempDirectory("mgit-bundle"));
    }

    @Override
    public void close() throws IOException {
        DurableFiles.deleteTree(path);
    }
}
