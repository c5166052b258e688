package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/** Writes stored files and tensors back to disk, every block verified before it is written, on several threads. */
public final class FileRestorer implements AutoCloseable {
    private final ParameterStore store;
    private final BlockReader reader;
    private final Threads threads;

    public FileRestorer(ParameterStore store, int threads) {
        this.store = store;
        this.reader = new BlockReader(store);
        this.threads = new Threads(threads);
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
            Map<ObjectId, List<Manifest.Entry>> shared = new LinkedHashMap<>();
            for (Manifest.Entry entry : manifest.entries()) {
                if (entry.tensor().isPresent()) {
                    pending.addAll(restore(entry, where, channel, entry.offset(), progress));
                } else {
                    shared.computeIfAbsent(entry.object(), id -> new ArrayList<>())
                            .add(entry);
                }
            }
            for (List<Manifest.Entry> parts : shared.values()) {
                pending.addAll(restore(parts, where, channel, progress));
            }
            for (Future<Void> block : pending) {
                Threads.get(block);
            }
            channel.force(false);
        }
    }

    /** Writes the parts of one object, each where it belongs; a block is read once for all of them. */
    private List<Future<Void>> restore(
            List<Manifest.Entry> parts, String where, FileChannel channel, LongConsumer progress) {
        List<Future<Void>> pending = new ArrayList<>();
        Manifest.Entry last = parts.get(parts.size() - 1);
        StoredObject object = object(last, where);
        int next = 0;
        long start = 0;
        for (StoredObject.Block block : object.blocks()) {
            long end = start + block.length();
            List<Manifest.Entry> within = new ArrayList<>();
            while (next < parts.size() && parts.get(next).start() < end) {
                within.add(parts.get(next));
                if (parts.get(next).start() + parts.get(next).length() > end) {
                    break; // goes on in the next block
                }
                next++;
            }
            long from = start;
            pending.add(threads.submit(() -> {
                writeParts(channel, within, from, block(block, last, where));
                progress.accept(block.length());
                return null;
            }));
            start = end;
        }
        return pending;
    }

    /** @param start where in the parts' object the bytes begin */
    private static void writeParts(FileChannel channel, List<Manifest.Entry> parts, long start, byte[] bytes)
            throws IOException {
        for (Manifest.Entry part : parts) {
            long from = Math.max(start, part.start());
            long to = Math.min(start + bytes.length, part.start() + part.length());
            if (from < to) {
                ByteBuffer piece = ByteBuffer.wrap(bytes, (int) (from - start), (int) (to - from));
                write(channel, part.offset() + from - part.start(), piece);
            }
        }
    }

    /** Writes one tensor of a stored file at a position of another. */
    public List<Future<Void>> restore(
            Manifest.Entry entry, String where, FileChannel channel, long position, LongConsumer progress) {
        List<Future<Void>> pending = new ArrayList<>();
        long at = position;
        for (StoredObject.Block block : object(entry, where).blocks()) {
            long start = at;
            pending.add(threads.submit(() -> {
                write(channel, start, ByteBuffer.wrap(block(block, entry, where)));
                progress.accept(block.length());
                return null;
            }));
            at += block.length();
        }
        return pending;
    }

    /** Waits for what {@link #restore(Manifest.Entry, String, FileChannel, long, LongConsumer)} began. */
    public static void await(List<Future<Void>> pending) throws IOException {
        for (Future<Void> block : pending) {
            Threads.get(block);
        }
    }

    private StoredObject object(Manifest.Entry entry, String where) {
        StoredObject object = store.object(entry.object())
                .orElseThrow(
                        () -> damaged(entry, where, "object " + entry.object().abbreviated() + " is missing"));
        if (object.length() != entry.start() + entry.length()) {
            throw damaged(
                    entry,
                    where,
                    "it has " + object.length() + " bytes instead of " + (entry.start() + entry.length()));
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

    private static void write(FileChannel channel, long position, ByteBuffer buffer) throws IOException {
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
