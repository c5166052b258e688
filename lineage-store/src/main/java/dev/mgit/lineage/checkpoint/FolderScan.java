package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The files of a checkpoint as they lie on disk.
 *
 * @param files by relative path with {@code /}, in path order
 * @param ignored relative paths left out by rules (folders end in {@code /})
 */
public record FolderScan(TreeMap<String, Path> files, List<String> ignored) {
    private static final char REPLACEMENT = '\ufffd';

    /**
     * Lists a folder, or a single file as if it were a folder of one.
     *
     * @throws MgitException if the path does not exist or holds something that cannot be stored: a link that leads
     *     outside, a device, a name that is not Unicode
     */
    public static FolderScan of(Path path) throws IOException {
        if (Files.notExists(path)) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "there is no file or folder '" + path + "'", "check the path");
        }
        var scan = new FolderScan(new TreeMap<>(), new ArrayList<>());
        if (Files.isDirectory(path)) {
            scan.folder(path, "", new IgnoreRules(), linkScope(path.toRealPath()));
        } else {
            scan.file(path, Objects.requireNonNull(path.getFileName()).toString());
        }
        return scan;
    }

    /**
     * Links may lead anywhere within this folder. A snapshot in a Hugging Face cache links to its model's blobs folder,
     * two levels up, so there the model's folder is the scope.
     */
    private static Path linkScope(Path real) {
        Path snapshots = real.getParent();
        if (snapshots == null || !"snapshots".equals(String.valueOf(snapshots.getFileName()))) {
            return real;
        }
        Path model = snapshots.getParent();
        return model != null && Files.isDirectory(model.resolve("blobs")) ? model : real;
    }

    private void folder(Path folder, String relative, IgnoreRules rules, Path linkScope) throws IOException {
        rules.enter(folder, relative);
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            found.forEach(children::add);
        }
        children.sort(Comparator.comparing(child -> child.getFileName().toString()));
        for (Path child : children) {
            String name = child.getFileName().toString();
            String path = relative.isEmpty() ? name : relative + "/" + name;
            boolean isFolder = Files.isDirectory(child);
            if (rules.ignores(path, isFolder)) {
                if (!name.equals(".mgit")) {
                    ignored.add(isFolder ? path + "/" : path);
                }
                continue;
            }
            checkLink(child, path, linkScope);
            if (isFolder) {
                folder(child, path, rules, linkScope);
            } else {
                file(child, path);
            }
        }
    }

    private static void checkLink(Path child, String path, Path linkScope) throws IOException {
        if (!Files.isSymbolicLink(child)) {
            return;
        }
        Path target;
        try {
            target = child.toRealPath();
        } catch (FileSystemException e) { // a loop is told as a file system's failure of no further kind
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the link '" + path + "' leads nowhere",
                    "remove it or list it in .mgitignore",
                    e);
        }
        if (!target.startsWith(linkScope) || Files.isDirectory(target)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the link '" + path + "' leads outside the model's folder or to a folder, to " + target,
                    "copy what it names into the folder, or list it in .mgitignore");
        }
    }

    private void file(Path file, String path) {
        if (path.indexOf(REPLACEMENT) >= 0) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the file name '" + path + "' is not UTF-8",
                    "rename the file or list it in .mgitignore; if it is UTF-8, start mgit with LC_ALL=C.UTF-8");
        }
        if (!path.chars().allMatch(c -> c >= ' ' && c != 0x7f && c != '\\')) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the file name '" + path + "' has characters that not every system can store",
                    "rename the file or list it in .mgitignore");
        }
        if (!Files.isRegularFile(file)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "'" + path + "' is not a regular file",
                    "remove it or list it in .mgitignore");
        }
        files.put(path, file);
    }
}
