package dev.mgit.lineage.remote.store;

import dev.mgit.lineage.git.DurableNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A store in a folder, one file an object. A file is written under another name, synced and renamed. Names that are no
 * keys, links and whatever else is no plain file are passed over: they are not the store's.
 */
final class FileStore implements RemoteStore {
    private static final String UNFINISHED = ".new-";

    private final Path root;

    /** @throws StoreException if there is no such folder */
    FileStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
        if (!Files.isDirectory(this.root)) {
            throw StoreException.lasting(
                    "there is no folder " + this.root, "mount the disk it is on, or create the folder", null);
        }
    }

    private Path file(String key) {
        return root.resolve(StoreKey.require(key));
    }

    private interface Action<T> {
        T run() throws IOException;
    }

    private <T> T doing(String what, Action<T> action) {
        try {
            return action.run();
        } catch (IOException e) {
            String why = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
            throw StoreException.lasting(
                    "cannot " + what + " in " + root + ": " + why, "check the disk and the rights to this folder", e);
        }
    }

    @Override
    public void put(String key, Content content) {
        Path file = file(key);
        doing("write " + key, () -> {
            Path unfinished = write(file, content);
            try {
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(unfinished);
            }
            DurableNames.sync(folderOf(file));
            return true;
        });
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) {
        Path file = file(key);
        return doing("write " + key, () -> {
            Path unfinished = write(file, Content.of(content));
            try {
                Files.createLink(file, unfinished);
            } catch (FileAlreadyExistsException e) {
                return false;
            } catch (UnsupportedOperationException | FileSystemException e) { // a file system without hard links
                if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    return false;
                }
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(unfinished);
            }
            DurableNames.sync(folderOf(file));
            return true;
        });
    }

    /** Writes and syncs a file beside the one that is meant. */
    private Path write(Path file, Content content) throws IOException {
        createFolders(folderOf(file));
        Path unfinished = file.resolveSibling(UNFINISHED + UUID.randomUUID());
        boolean done = false;
        try (FileChannel channel =
                        FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel);
                InputStream in = content.open()) {
            long written = in.transferTo(out);
            if (written != content.length()) {
                throw new IOException(written + " bytes instead of " + content.length());
            }
            channel.force(true);
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(unfinished);
            }
        }
        return unfinished;
    }

    private void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        requireRoot();
        DurableNames.createFolders(folder);
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.getParent(), "a file of the store lies in a folder");
    }

    @Override
    public Optional<byte[]> get(String key, ByteRange range) {
        Path file = file(key);
        return doing("read " + key, () -> {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                long size = channel.size();
                ByteBuffer bytes = ByteBuffer.allocate(range.within(size));
                long start = range.start(size);
                while (bytes.hasRemaining()) {
                    if (channel.read(bytes, start + bytes.position()) < 0) {
                        throw new IOException("it ends early");
                    }
                }
                return Optional.of(bytes.array());
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Optional<Entry> head(String key) {
        Path file = file(key);
        return doing("look at " + key, () -> entry(key, file));
    }

    private static Optional<Entry> entry(String key, Path file) throws IOException {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return found.isRegularFile()
                    ? Optional.of(new Entry(
                            key, found.size(), found.lastModifiedTime().toInstant()))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void list(String prefix, Consumer<Entry> visitor) {
        Path folder = root.resolve(StoreKey.requirePrefix(prefix));
        doing("list " + prefix, () -> {
            requireRoot();
            list(prefix, folder, visitor);
            return true;
        });
    }

    private void requireRoot() throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NoSuchFileException(root.toString(), null, "the folder is gone");
        }
    }

    private void list(String prefix, Path folder, Consumer<Entry> visitor) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        } catch (NoSuchFileException e) {
            return;
        }
        Collections.sort(names);
        for (String name : names) {
            String key = prefix + name;
            Path file = folder.resolve(name);
            if (!StoreKey.isKey(key)) {
                continue;
            }
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                list(key + "/", file, visitor);
            } else {
                entry(key, file).ifPresent(visitor);
            }
        }
    }

    @Override
    public void delete(String key) {
        Path file = file(key);
        doing("remove " + key, () -> Files.deleteIfExists(file));
    }

    @Override
    public String url() {
        return root.toUri().toString();
    }

    @Override
    public void close() {}
}
