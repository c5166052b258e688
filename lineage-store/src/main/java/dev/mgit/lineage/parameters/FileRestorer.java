package dev.mgit.lineage.parameters;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

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
     * Writes a whole file. Blocks are verified against their ids, and the file against the SHA-256 in its manifest:
     * whatever order the manifest names its blocks in, what comes out is the file that was committed.
     *
     * @param where names the file in errors
     * @param channel of an empty file, to write and read
     * @throws MgitException of kind INTEGRITY, naming file and tensor, if the store does not give the bytes back as
     *     they were; what was written is then to be thrown away
     */
    public void restore(Manifest manifest, String where, FileChannel channel, LongConsumer progress)
            throws IOException {
        if (!manifest.packing().isEmpty()) {
            new PackedFileRestorer(store, reader, threads).restore(manifest, where, channel, progress);
            return;
        }
        MessageDigest digest = Hashes.sha256();
        Deque<Piece> pending = new ArrayDeque<>();
        Map<ObjectId, SharedObject> shared = new HashMap<>();
        for (Manifest.Entry entry : manifest.entries()) {
            List<Start> pieces = entry.tensor().isPresent()
                    ? blocks(entry, where, channel, progress)
                    : parts(entry, where, shared, channel, progress);
            for (Start piece : pieces) {
                pending.add(piece.begin());
                if (pending.size() > threads.mostAtOnce()) {
                    pending.remove().into(digest);
                }
            }
        }
        for (Piece piece : pending) {
            piece.into(digest);
        }
        try {
            manifest.requireDigest(digest.digest());
        } catch (MgitException e) {
            throw damaged(where, e.getMessage());
        }
    }

    /** Bytes that are written, or will be once they are asked for; asked in file order. */
    private interface Piece {
        void into(MessageDigest digest) throws IOException;
    }

    /** Begins work on a piece. */
    private interface Start {
        Piece begin() throws IOException;
    }

    private List<Start> blocks(Manifest.Entry entry, String where, FileChannel channel, LongConsumer progress) {
        List<Start> pieces = new ArrayList<>();
        long at = entry.offset();
        for (StoredObject.Block block : object(entry, where).blocks()) {
            long start = at;
            pieces.add(() -> submitted(channel, start, block, entry, where, progress));
            at += block.length();
        }
        return pieces;
    }

    private Piece submitted(
            FileChannel channel,
            long position,
            StoredObject.Block block,
            Manifest.Entry entry,
            String where,
            LongConsumer progress)
            throws IOException {
        Future<byte[]> written = threads.submit(() -> write(channel, position, block, entry, where, progress));
        return digest -> digest.update(TaskPool.get(written));
    }

    /** A part of an object: blocks that are its own like a tensor's, those it shares with its neighbours read once. */
    private List<Start> parts(
            Manifest.Entry entry,
            String where,
            Map<ObjectId, SharedObject> shared,
            FileChannel channel,
            LongConsumer progress) {
        SharedObject object = shared.computeIfAbsent(entry.object(), id -> new SharedObject(stored(entry, where)));
        long end = entry.start() + entry.length();
        if (end > object.blocks.length()) {
            throw damaged(entry, where, "it has " + object.blocks.length() + " bytes instead of " + end);
        }
        List<Start> pieces = new ArrayList<>();
        for (long at = entry.start(); at < end; ) {
            int index = object.blocks.indexOf(at);
            StoredObject.Block block = object.blocks.block(index);
            long from = object.blocks.start(index);
            long position = entry.offset() + at - entry.start();
            int skip = (int) (at - from);
            int length = (int) (Math.min(end, from + block.length()) - at);
            pieces.add(
                    length == block.length()
                            ? () -> submitted(channel, position, block, entry, where, progress)
                            : () -> digest -> {
                                byte[] bytes = object.bytes(index, () -> block(block, entry, where));
                                write(channel, position, ByteBuffer.wrap(bytes, skip, length));
                                digest.update(bytes, skip, length);
                                progress.accept(length);
                            });
            at += length;
        }
        return pieces;
    }

    /** An object of which several ranges of a file are parts, in order; the block read last is kept. */
    private static final class SharedObject {
        private final ObjectBlocks blocks;
        private int kept = -1;
        private byte[] bytes = {};

        SharedObject(StoredObject object) {
            this.blocks = new ObjectBlocks(object);
        }

        byte[] bytes(int index, Supplier<byte[]> reading) {
            if (kept != index) {
                bytes = reading.get();
                kept = index;
            }
            return bytes;
        }
    }

    /** Writes one tensor of a stored file at a position of another. */
    public List<Future<Void>> restore(
            Manifest.Entry entry, String where, FileChannel channel, long position, LongConsumer progress)
            throws IOException {
        List<Future<Void>> pending = new ArrayList<>();
        long at = position;
        for (StoredObject.Block block : object(entry, where).blocks()) {
            long start = at;
            pending.add(threads.submit(() -> {
                write(channel, start, block, entry, where, progress);
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

    private byte[] write(
            FileChannel channel,
            long position,
            StoredObject.Block block,
            Manifest.Entry entry,
            String where,
            LongConsumer progress)
            throws IOException {
        byte[] bytes = block(block, entry, where);
        write(channel, position, ByteBuffer.wrap(bytes));
        progress.accept(block.length());
        return bytes;
    }

    private StoredObject stored(Manifest.Entry entry, String where) {
        return store.object(entry.object())
                .orElseThrow(
                        () -> damaged(entry, where, "object " + entry.object().abbreviated() + " is missing"));
    }

    private StoredObject object(Manifest.Entry entry, String where) {
        StoredObject object = stored(entry, where);
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
        return damaged(where + ", " + part, why);
    }

    static MgitException damaged(String where, String why) {
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                where + ": " + why,
                "run 'mgit fsck' to see which versions are affected; nothing was written");
    }

    static void write(FileChannel channel, long position, ByteBuffer buffer) throws IOException {
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
