package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/** Writes stored files and tensors back to disk, every block verified before it is written, on several threads. */
public final class FileRestorer implements AutoCloseable {
    private final ParameterStore store;
    private final BlockReader reader;
    private final TaskPool threads;

    public FileRestorer(ParameterStore store, int threads) {
        this.store = store;
        this.reader = new BlockReader(store);
        this.threads = new TaskPool(threads);
    }

    /**
     * Writes a whole file and syncs it.
     *
     * @param where names the file in errors
     * @throws MgitException of kind INTEGRITY, naming file and tensor, if the store does not give the bytes back as
     *     they were; what was written is then to be thrown away
     */
    public void restore(Manifest manifest, String where, Path target, LongConsumer progress) throws IOException {
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            List<Future<Void>> pending = new ArrayList<>();
            for (Manifest.Entry entry : manifest.entries()) {
                pending.addAll(restore(entry, where, channel, entry.offset(), progress));
            }
            TaskPool.getAll(pending);
            channel.force(false);
        }
    }

    /** Writes one range of a stored file at a position of another. */
    public List<Future<Void>> restore(
            Manifest.Entry entry, String where, FileChannel channel, long position, LongConsumer progress)
            throws IOException {
        List<Future<Void>> pending = new ArrayList<>();
        long at = position;
        for (StoredObject.Block block : object(entry, where).blocks()) {
            long start = at;
            pending.add(threads.submit(() -> {
                write(channel, start, block(block, entry, where));
                progress.accept(block.length());
                return null;
            }));
            at += block.length();
        }
        return pending;
    }

    /** Waits for what {@link #restore(Manifest.Entry, String, FileChannel, long, LongConsumer)} began. */
    public static void await(List<Future<Void>> pending) throws IOException {
        TaskPool.getAll(pending);
    }

    private StoredObject object(Manifest.Entry entry, String where) {
        StoredObject object = store.object(entry.object())
                .orElseThrow(
                        () -> damaged(entry, where, "object " + entry.object().abbreviated() + " is missing"));
        if (object.length() != entry.length()) {
            throw damaged(entry, where, "it has " + object.length() + " bytes instead of " + entry.length());
        }
        return object;
    }

    private byte[] block(StoredObject.Block block, Manifest.Entry entry, String where) {
        byte[] bytes;
        try {
            bytes = reader.read(block.id());
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            throw damaged(entry, where, e.getMessage());
        }
        if (bytes.length != block.length()) {
            throw damaged(entry, where, "block " + block.id().hex() + " has the wrong length");
        }
        return bytes;
    }

    private static MgitException damaged(Manifest.Entry entry, String where, String why) {
        String part =
                entry.tensor().map(tensor -> "tensor '" + tensor.name() + "'").orElse("bytes at " + entry.offset());
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                where + ", " + part + ": " + why,
                "run 'mgit fsck' to see which versions are affected; nothing was written");
    }

    private static void write(FileChannel channel, long position, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long at = position;
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
    }

    @Override
    public void close() {
        threads.close();
        reader.close();
    }
}
