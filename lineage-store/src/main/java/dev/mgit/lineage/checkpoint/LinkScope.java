package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.hub.HubSnapshot;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the links of a folder may lead: to files within it; in a snapshot of a hub's cache, also to blobs of that
 * cache.
 */
record LinkScope(Path folder, Optional<HubSnapshot> snapshot) {
    static LinkScope of(Path folder) throws IOException {
        return new LinkScope(folder.toRealPath(), HubSnapshot.containing(folder));
    }

    /**
     * Checks a link.
     *
     * @param path as people are to read it
     * @return false if it stands for a blob that the cache does not have
     * @throws MgitException if it leads nowhere, outside, or to a folder
     */
    boolean follow(Path link, String path) throws IOException {
        Path target;
        try {
            target = link.toRealPath();
        } catch (FileSystemException e) { // a loop is told as a file system's failure of no further kind
            if (snapshot.isPresent() && snapshot.get().standsForBlob(link)) {
                return false;
            }
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the link '" + path + "' is broken",
                    "remove it or list it in .mgitignore",
                    e);
        }
        boolean inside = target.startsWith(folder)
                || snapshot.filter(one -> one.holds(target)).isPresent();
        if (!inside || Files.isDirectory(target)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the link '" + path + "' points outside the model's folder or to a folder: " + target,
                    "copy its target into the folder, or list it in .mgitignore");
        }
        return true;
    }
}
