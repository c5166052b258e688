package dev.mgit.lineage.parameters;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;

/** Makes a packed file again from its content: several of its deflate streams at once, as no stream depends on another. */
final class PackedFileRestorer {
    private static final int BUFFER = 1 << 18;
    /** Bytes from which on a part of the file is a task of its own. */
    private static final long PART = 1 << 20;

    private final ObjectReader.Store store;
    private final TaskPool threads;

    PackedFileRestorer(ParameterStore store, BlockReader reader, TaskPool threads) {
        this.store = new ObjectReader.Store(store, reader);
        this.threads = threads;
    }

    void restore(Manifest manifest, String where, FileChannel channel, LongConsumer progress) throws IOException {
        try {
            List<Future<Void>> pending = new ArrayList<>();
            long begin = 0;
            for (long next : manifest.packing().parts()) {
                if (next - begin >= PART) {
                    pending.add(part(manifest, begin, next, channel, progress));
                    begin = next;
                }
            }
            pending.add(part(manifest, begin, manifest.size(), channel, progress));
            TaskPool.getAll(pending);
            manifest.requireDigest(digest(channel, manifest.size()));
        } catch (MgitException e) {
            throw e.kind() == MgitException.Kind.INTEGRITY ? FileRestorer.damaged(where, e.getMessage()) : e;
        }
    }

    private Future<Void> part(Manifest manifest, long from, long to, FileChannel channel, LongConsumer progress)
            throws IOException {
        return threads.submit(() -> {
            ByteSource content = ObjectReader.content(store, manifest);
            byte[] buffer = new byte[BUFFER];
            try (InputStream file = ObjectReader.file(content, manifest.packing(), from)) {
                for (long at = from; at < to; ) {
                    int count = file.read(buffer, 0, (int) Math.min(buffer.length, to - at));
                    if (count < 0) {
                        throw MgitException.integrity("it ends at byte " + at + " of " + manifest.size());
                    }
                    FileRestorer.write(channel, at, ByteBuffer.wrap(buffer, 0, count));
                    progress.accept(count);
                    at += count;
                }
            }
            return null;
        });
    }

    private static byte[] digest(FileChannel channel, long size) throws IOException {
        MessageDigest digest = Hashes.sha256();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        for (long at = 0; at < size; at += buffer.limit()) {
            buffer.clear();
            if (channel.read(buffer, at) <= 0) {
                throw new IOException("the file became shorter while it was written");
            }
            digest.update(buffer.flip());
        }
        return digest.digest();
    }
}
