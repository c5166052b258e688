package dev.mgit.lineage.parameters;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A part of a packed file, made again from its content. A part that begins inside a deflate stream costs all before it. */
final class PackedFileStream implements FileStream {
    private static final int BUFFER = 1 << 18;

    private final Manifest manifest;
    private final String where;
    private final InputStream file;
    private final @Nullable MessageDigest digest;
    private long left;

    /** Opens content from a position up to another. */
    interface Opening {
        FileStream open(long from, long to);
    }

    PackedFileStream(Manifest manifest, String where, long from, long length, Opening content) throws IOException {
        this.manifest = manifest;
        this.where = where;
        this.left = length;
        this.digest = length == manifest.size() ? Hashes.sha256() : null;
        long end = manifest.packing().contentEnd(from + length);
        this.file = manifest.packing().pack(from, position -> new Pieces(content.open(position, end)));
    }

    @Override
    public @Nullable ByteBuffer next() throws IOException {
        if (left == 0) {
            return null;
        }
        byte[] bytes = new byte[(int) Math.min(BUFFER, left)];
        try {
            int count = file.readNBytes(bytes, 0, bytes.length);
            left -= count;
            if (count < bytes.length) {
                throw MgitException.integrity("it ends " + (left + bytes.length - count) + " bytes early");
            }
            if (digest != null) {
                digest.update(bytes, 0, count);
                if (left == 0) {
                    manifest.requireDigest(digest.digest());
                }
            }
        } catch (MgitException e) {
            throw e.kind() == MgitException.Kind.INTEGRITY ? ContentStream.damaged(where, e.getMessage()) : e;
        }
        return ByteBuffer.wrap(bytes);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a stream hands out, for readers of any length. */
    private static final class Pieces extends InputStream {
        private final FileStream content;
        private ByteBuffer piece = ByteBuffer.allocate(0);

        Pieces(FileStream content) {
            this.content = content;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            while (!piece.hasRemaining()) {
                ByteBuffer next = content.next();
                if (next == null) {
                    return -1;
                }
                piece = next;
            }
            int some = Math.min(length, piece.remaining());
            piece.get(target, offset, some);
            return some;
        }

        @Override
        public void close() {
            content.close();
        }
    }
}
