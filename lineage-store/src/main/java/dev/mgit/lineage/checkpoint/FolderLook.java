package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.repository.FileStat;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What all that lies in a folder looks like to the file system. Links are looked at themselves. Two looks that are equal
 * are of a folder in which nothing was written between them.
 *
 * @param files everything that is no folder, by path relative to the folder, with {@code /}
 * @param folders those below it
 */
public record FolderLook(SortedMap<String, FileStat> files, SortedSet<String> folders) {
    /** @throws NoSuchFileException if the folder is not there, or goes meanwhile */
    public static FolderLook of(Path folder) throws IOException {
        var files = new TreeMap<String, FileStat>();
        var folders = new TreeSet<String>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) {
                if (!found.equals(folder)) {
                    folders.add(path(folder, found));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) throws IOException {
                FileStat stat = FileStat.of(found);
                if (stat.exists()) {
                    files.put(path(folder, found), stat);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path found, IOException e) throws IOException {
                if (e instanceof NoSuchFileException && !found.equals(folder)) {
                    return FileVisitResult.CONTINUE; // a temporary file, renamed just now
                }
                throw e;
            }
        });
        return new FolderLook(files, folders);
    }

    private static String path(Path folder, Path found) {
        return folder.relativize(found)
                .toString()
                .replace(folder.getFileSystem().getSeparator(), "/");
    }

    /** Bytes of all files. */
    public long bytes() {
        return files.values().stream().mapToLong(FileStat::size).sum();
    }
}
