package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.BlockId;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of a pack: magic, frames, footer. */
final class PackStream extends InputStream {
    private static final byte[] NOTHING = {};

    private final PackListing listing;
    private final byte[] footer;
    private final Pack.Frames frames;
    /** Pieces handed out so far: the magic, each frame, the footer. */
    private int pieces;

    private byte[] piece = NOTHING;
    private int at;

    PackStream(PackListing listing, byte[] footer, Pack.Frames frames) {
        this.listing = listing;
        this.footer = footer;
        this.frames = frames;
    }

    private boolean atEnd() throws IOException {
        while (at == piece.length && pieces < listing.frames() + 2) {
            piece = next(pieces++);
            at = 0;
        }
        return at == piece.length;
    }

    private byte[] next(int number) throws IOException {
        if (number == 0) {
            return PackFormat.packMagic();
        }
        if (number > listing.frames()) {
            return footer;
        }
        BlockId id = listing.name(number - 1);
        byte[] frame = frames.frame(id);
        if (frame.length != listing.length(number - 1)) {
            throw new IOException("the frame of block " + id.hex() + " changed while it was sent");
        }
        return frame;
    }

    @Override
    public int read() throws IOException {
        return atEnd() ? -1 : piece[at++] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (atEnd()) {
            return -1;
        }
        int count = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, target, from, count);
        at += count;
        return count;
    }
}
