package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.remote.pack.PackIndex;
import dev.mgit.lineage.remote.pack.PackName;
import dev.mgit.lineage.repository.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Copies of a store's indexes in a folder. They never change, so one that is here need not be fetched again. */
final class IndexCache {
    private static final String SUFFIX = ".idx";

    private final Path folder;

    IndexCache(Path folder) {
        this.folder = folder;
    }

    private Path file(PackName index) {
        return folder.resolve(index.hex() + SUFFIX);
    }

    /** The bytes of an index; empty if they are not here, or not what they were. */
    Optional<byte[]> find(PackName index) {
        Path file = file(index);
        try {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > PackIndex.MAX_BYTES) {
                return Optional.empty();
            }
            return Optional.of(Files.readAllBytes(file)).filter(bytes -> PackIndex.isSound(index, bytes));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Keeps an index, if that is possible: without it, it is only fetched again. */
    void keep(PackName index, byte[] bytes) {
        try {
            Files.createDirectories(folder);
            DurableFiles.replace(file(index), bytes);
        } catch (IOException e) {
            // as before
        }
    }

    /** Drops all indexes but some. */
    void retain(Set<PackName> indexes) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Set<Path> kept = indexes.stream().map(this::file).collect(Collectors.toSet());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (Path file : files) {
                if (!kept.contains(file)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            // they only take space
        }
    }
}
