package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Code and data on their way to a machine that shares no files with this one. Code below the repository's folder comes
 * along, and as much data as is small; the rest has to be there, at the same path.
 */
final class NodeFiles {
    /** Bytes that come along at most; what is larger is brought there once, not for each run. */
    static final long MOST_BYTES = 64L << 20;

    private final Path root;
    private final List<NodeOrder.File> files = new ArrayList<>();
    private final List<NodeOrder.Expected> expected = new ArrayList<>();
    private final Map<String, Path> contents = new LinkedHashMap<>();
    private long bytes;

    private NodeFiles(Path root) {
        this.root = root;
    }

    /** What a recipe reads here, by the digests it was captured with. */
    static NodeFiles of(Workspace workspace, Recipe captured) {
        var all = new NodeFiles(workspace.root());
        captured.circumstances().sources().forEach(all::add);
        captured.inputs().forEach(input -> all.add(input.path(), input.sha256()));
        return all;
    }

    private void add(String path, String digest) {
        Path file = root.resolve(path);
        try {
            if (Path.of(path).isAbsolute() || bytes + size(file) > MOST_BYTES) {
                expected.add(new NodeOrder.Expected(path, digest));
            } else if (Files.isDirectory(file)) {
                for (String below : FolderTools.files(file)) {
                    send(path + "/" + below, FolderTools.digest(file.resolve(below)), file.resolve(below));
                }
            } else {
                send(path, digest, file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) throws IOException {
        long size = 0;
        if (!Files.isDirectory(file)) {
            return Files.size(file);
        }
        for (String below : FolderTools.files(file)) {
            size += Files.size(file.resolve(below));
        }
        return size;
    }

    private void send(String path, String digest, Path file) throws IOException {
        if (files.stream().noneMatch(sent -> sent.path().equals(path))) {
            files.add(new NodeOrder.File(path, digest, Files.isExecutable(file)));
            contents.put(digest, file);
            bytes += Files.size(file);
        }
    }

    List<NodeOrder.File> files() {
        return files;
    }

    List<NodeOrder.Expected> expected() {
        return expected;
    }

    /** What comes along, by digest. */
    Map<String, Path> contents() {
        return contents;
    }

    /** Brings a file that came along, by its digest, into a new file. */
    interface Parcel {
        boolean extract(String digest, Path target);
    }

    /**
     * Lays out what an order needs.
     *
     * @param root the folder of the repository there
     * @param start where relative paths of what has to be there begin
     * @throws MgitException if something is missing or other than it was
     */
    static void layOut(NodeOrder order, Parcel parcel, Path root, Path start) {
        for (NodeOrder.File file : order.files()) {
            Path target = confined(root, file.path());
            FolderTools.create(FolderTools.parent(target));
            if (!parcel.extract(file.sha256(), target)) {
                throw MgitException.failed("'" + file.path() + "' did not come along with the order");
            }
            require(target, file.path(), file.sha256(), "it changed while it was sent; run it again");
            if (file.executable()) {
                makeExecutable(target);
            }
        }
        for (NodeOrder.Expected file : order.expected()) {
            Path there = start.resolve(file.path()).normalize();
            if (Files.notExists(there)) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "this machine has no " + there,
                        "put it there (its SHA-256 is " + file.sha256() + "); up to " + (MOST_BYTES >> 20)
                                + " MB below the repository's folder come along by themselves");
            }
            require(there, there.toString(), file.sha256(), "bring it up to date on this machine");
            if (!Path.of(file.path()).isAbsolute()) {
                link(confined(root, file.path()), there);
            }
        }
        Path directory = root.resolve(order.recipe().directory()).normalize();
        if (directory.startsWith(root)) {
            FolderTools.create(directory);
        }
    }

    private static Path confined(Path root, String path) {
        Path target = root.resolve(path).normalize();
        if (!target.startsWith(root) || target.startsWith(root.resolve(".mgit")) || target.equals(root)) {
            throw MgitException.failed("'" + path + "' is no place for a file that comes with an order");
        }
        return target;
    }

    private static void require(Path file, String name, String digest, String hint) {
        String found = FolderTools.digest(file);
        if (!found.equals(digest)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    name + " has SHA-256 " + found + " here, and " + digest + " where the run was asked for",
                    hint);
        }
    }

    private static void makeExecutable(Path file) {
        try {
            Set<PosixFilePermission> permissions =
                    EnumSet.copyOf(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            Files.setPosixFilePermissions(file, permissions);
        } catch (UnsupportedOperationException e) {
            return; // no such thing here
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path link, Path target) {
        try {
            FolderTools.create(FolderTools.parent(link));
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
