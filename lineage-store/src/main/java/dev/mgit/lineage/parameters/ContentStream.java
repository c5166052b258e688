package dev.mgit.lineage.parameters;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.lineage.parameters.LiveParameters.Snapshot;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A part of the content of a stored file, one block at a time, each verified against its id; more are decoded
 * meanwhile, two for each thread at most.
 */
final class ContentStream implements FileStream {
    private final LiveParameters parameters;
    private final Manifest manifest;
    private final String where;
    private final long end;
    private final @Nullable MessageDigest digest;
    private final Deque<Piece> pending = new ArrayDeque<>();
    private @Nullable Snapshot snapshot;
    private @Nullable ObjectBlocks blocks;
    private int entry;
    /** Up to where pieces were begun, and up to where they were handed out. */
    private long begun;

    private long done;

    /** @param ahead whether it was begun before it was asked for */
    private record Piece(Future<byte[]> block, int blockLength, int skip, int length, boolean ahead) {}

    ContentStream(LiveParameters parameters, Manifest manifest, String where, long from, long length) {
        this.parameters = parameters;
        this.manifest = manifest;
        this.where = where;
        this.begun = from;
        this.done = from;
        this.end = from + length;
        this.entry = manifest.entryAt(from);
        this.digest = length == manifest.size() && manifest.packing().isEmpty() ? Hashes.sha256() : null;
    }

    @Override
    public @Nullable ByteBuffer next() throws IOException {
        if (done == end) {
            return null;
        }
        if (pending.isEmpty()) {
            pending.add(begin(false));
        }
        Piece piece = pending.remove();
        byte[] bytes;
        try {
            bytes = TaskPool.get(piece.block());
        } catch (MgitException e) {
            throw e.kind() == MgitException.Kind.INTEGRITY ? damaged(done, e.getMessage()) : e;
        } finally {
            release(piece);
        }
        if (bytes.length != piece.blockLength()) {
            throw damaged(done, "a block has " + bytes.length + " bytes instead of " + piece.blockLength());
        }
        done += piece.length();
        verify(bytes, piece);
        readAhead();
        return ByteBuffer.wrap(bytes, piece.skip(), piece.length());
    }

    private void verify(byte[] bytes, Piece piece) {
        if (digest == null) {
            return;
        }
        digest.update(bytes, piece.skip(), piece.length());
        if (done == end) {
            try {
                manifest.requireDigest(digest.digest());
            } catch (MgitException e) {
                throw damaged(where, e.getMessage());
            }
        }
    }

    private void readAhead() {
        while (begun < end && pending.size() < parameters.mostAhead() && parameters.mayReadAhead()) {
            boolean started = false;
            try {
                pending.add(begin(true));
                started = true;
            } finally {
                if (!started) {
                    parameters.taken();
                }
            }
        }
    }

    private Piece begin(boolean ahead) {
        while (manifest.entries().get(entry).end() <= begun) {
            entry++;
        }
        Manifest.Entry range = manifest.entries().get(entry);
        ObjectBlocks object = blocks(range);
        long position = range.start() + begun - range.offset();
        int index = object.indexOf(position);
        StoredObject.Block block = object.block(index);
        int skip = (int) (position - object.start(index));
        int length = (int) Math.min(block.length() - skip, Math.min(end, range.end()) - begun);
        begun += length;
        return new Piece(
                parameters.decode(Objects.requireNonNull(snapshot), block.id()), block.length(), skip, length, ahead);
    }

    private ObjectBlocks blocks(Manifest.Entry range) {
        ObjectBlocks known = blocks;
        if (known == null || !known.id().equals(range.object())) {
            known = new ObjectBlocks(object(range));
            blocks = known;
        }
        long most = range.start() + range.length();
        if (range.tensor().isPresent() ? known.length() != most : known.length() < most) {
            throw damaged(range.offset(), "it has " + known.length() + " bytes instead of " + most);
        }
        return known;
    }

    /** What this snapshot does not have, a newer one may. */
    private StoredObject object(Manifest.Entry range) {
        Snapshot now = snapshot;
        if (now == null) {
            now = parameters.borrow();
            snapshot = now;
        }
        Optional<StoredObject> found;
        try {
            found = now.object(range.object());
        } catch (MgitException e) {
            throw e.kind() == MgitException.Kind.INTEGRITY ? damaged(range.offset(), e.getMessage()) : e;
        }
        if (found.isPresent()) {
            return found.get();
        }
        finishPending();
        snapshot = parameters
                .exchange(now)
                .orElseThrow(
                        () -> damaged(range.offset(), "object " + range.object().abbreviated() + " is missing"));
        return object(range);
    }

    private MgitException damaged(long position, String why) {
        String part = manifest.entries()
                .get(manifest.entryAt(position))
                .tensor()
                .map(tensor -> "tensor '" + tensor.name() + "'")
                .orElse("bytes at " + position);
        return damaged(where + ", " + part, why);
    }

    static MgitException damaged(String what, String why) {
        return new MgitException(
                MgitException.Kind.INTEGRITY, what + ": " + why, "run 'mgit fsck' to see which versions are affected");
    }

    private void release(Piece piece) {
        if (piece.ahead()) {
            parameters.taken();
        }
    }

    /** Blocks at work read the snapshot: it is given back when they are done, whatever comes of them. */
    private void finishPending() {
        boolean interrupted = false;
        for (Piece piece : pending) {
            while (!piece.block().isDone()) {
                try {
                    piece.block().get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    // told to whoever asks for the block
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        finishPending();
        pending.forEach(this::release);
        pending.clear();
        if (snapshot != null) {
            parameters.giveBack(snapshot);
            snapshot = null;
        }
    }
}
