package dev.mgit.lineage.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Puts a rebuilt parameter store in the damaged one's place, which is kept. A store is given the name of a rebuilt one only
 * once it is whole and durable: where it is found, the two renames are made up for.
 */
final class RebuiltStore {
    private RebuiltStore() {}

    /** Finishes what was begun, if it was. The caller holds the writer lock. */
    static void finish(RepositoryFiles files) throws IOException {
        if (Files.notExists(files.parametersRebuilt(), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.exists(files.parameters(), LinkOption.NOFOLLOW_LINKS)) {
            Files.move(files.parameters(), free(files.parametersDamaged()), StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(files.parametersRebuilt(), files.parameters(), StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.syncFolder(files.mgit());
    }

    /** A name that nothing has yet. */
    static Path free(Path wanted) {
        Path free = wanted;
        for (int number = 2; Files.exists(free, LinkOption.NOFOLLOW_LINKS); number++) {
            free = wanted.resolveSibling(wanted.getFileName() + "-" + number);
        }
        return free;
    }
}
