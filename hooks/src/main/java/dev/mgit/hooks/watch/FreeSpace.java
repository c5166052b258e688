package dev.mgit.hooks.watch;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much room the repository's disk has for this user. */
@FunctionalInterface
public interface FreeSpace {
    /** In bytes. */
    long bytes() throws IOException;

    /** That of the disk a folder lies on. */
    static FreeSpace of(Path folder) throws IOException {
        FileStore disk = Files.getFileStore(folder);
        return disk::getUsableSpace;
    }
}
