package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.DescribedFiles;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.version.SafePath;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files of a checkpoint as they lie on disk.
 *
 * @param files by relative path with {@code /}, in path order
 * @param folders relative paths of folders that hold nothing, in path order
 * @param ignored relative paths left out by rules (folders end in {@code /}), or as training state
 * @param gone links of a hub's snapshot to blobs that its cache does not have
 * @param refused why what has another relative path cannot be stored; empty where all must be
 */
public record FolderScan(
        TreeMap<String, Path> files,
        TreeSet<String> folders,
        List<String> ignored,
        List<String> gone,
        TreeMap<String, String> refused) {
    private static final char REPLACEMENT = '\ufffd';

    /**
     * Lists a folder, or a single file as if it were a folder of one; with one that describes others beside it, as a
     * manifest does its shards, come those.
     *
     * @throws MgitException if the path does not exist or holds something that cannot be stored: a link that leads
     *     outside, a device, a name that is not Unicode
     */
    public static FolderScan of(Path path) throws IOException {
        if (Files.notExists(path)) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "there is no file or folder '" + path + "'", "check the path");
        }
        var scan = empty();
        if (Files.isDirectory(path)) {
            scan.folder(path, "", IgnoreRules.above(path), LinkScope.of(path), Refusals.THROW);
        } else {
            scan.file(path, Objects.requireNonNull(path.getFileName()).toString());
            for (Path beside : DescribedFiles.of(path)) {
                scan.file(beside, Objects.requireNonNull(beside.getFileName()).toString());
            }
        }
        return scan;
    }

    /** Likewise; {@code weightsOnly} leaves out the training state of a folder, but not a file that was named. */
    public static FolderScan of(Path path, boolean weightsOnly) throws IOException {
        FolderScan scan = of(path);
        if (weightsOnly && Files.isDirectory(path)) {
            scan.leaveOutTrainingState();
        }
        return scan;
    }

    /** Lists a folder to look at it only: what cannot be stored is listed as such. */
    static FolderScan look(Path folder, boolean weightsOnly) throws IOException {
        FolderScan scan = empty();
        if (Files.isDirectory(folder)) {
            scan.folder(folder, "", IgnoreRules.above(folder), LinkScope.of(folder), Refusals.LIST);
        }
        if (weightsOnly) {
            scan.leaveOutTrainingState();
        }
        return scan;
    }

    private static FolderScan empty() {
        return new FolderScan(new TreeMap<>(), new TreeSet<>(), new ArrayList<>(), new ArrayList<>(), new TreeMap<>());
    }

    private void leaveOutTrainingState() {
        ignored.addAll(files.keySet().stream().filter(TrainingState::isFile).toList());
        files.keySet().removeIf(TrainingState::isFile);
    }

    /** What becomes of a file that cannot be stored. */
    private enum Refusals {
        THROW,
        LIST
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private void folder(Path folder, String relative, IgnoreRules rules, LinkScope links, Refusals refusals)
            throws IOException {
        rules.enter(folder, relative);
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            found.forEach(children::add);
        }
        if (children.isEmpty() && !relative.isEmpty()) {
            storable(relative, refusals, () -> {
                SafePath.requireStorable(relative);
                folders.add(relative);
            });
        }
        children.sort((one, other) -> name(one).compareTo(name(other)));
        for (Path child : children) {
            String name = name(child);
            String path = relative.isEmpty() ? name : relative + "/" + name;
            boolean isFolder = Files.isDirectory(child);
            if (rules.ignores(path, isFolder)) {
                if (!name.equals(".mgit") && !name.equals(IgnoreRules.FILE)) {
                    ignored.add(isFolder ? path + "/" : path);
                }
                continue;
            }
            if (isFolder && !Files.isSymbolicLink(child)) {
                folder(child, path, rules, links, refusals);
            } else {
                storable(path, refusals, () -> {
                    if (Files.isSymbolicLink(child) && !links.follow(child, path)) {
                        gone.add(path);
                    } else {
                        file(child, path);
                    }
                });
            }
        }
    }

    @FunctionalInterface
    private interface Step {
        void take() throws IOException;
    }

    private void storable(String path, Refusals refusals, Step step) throws IOException {
        try {
            step.take();
        } catch (MgitException e) {
            if (refusals == Refusals.THROW) {
                throw e;
            }
            refused.put(path, String.valueOf(e.getMessage()));
        }
    }

    private void file(Path file, String path) {
        if (path.indexOf(REPLACEMENT) >= 0) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the file name '" + path + "' is not UTF-8",
                    "rename the file or list it in .mgitignore; if it is UTF-8, start mgit with LC_ALL=C.UTF-8");
        }
        SafePath.requireStorable(path);
        if (!Files.isRegularFile(file)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "'" + path + "' is not a regular file",
                    "remove it or list it in .mgitignore");
        }
        files.put(path, file);
    }
}
