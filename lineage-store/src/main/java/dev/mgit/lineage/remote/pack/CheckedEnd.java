package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.Hashes;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Fails before the last bytes of a pack are handed out if they do not have the hash that is its name. */
final class CheckedEnd extends FilterInputStream {
    private final MessageDigest digest = Hashes.sha256();
    private final PackName name;
    private long left;

    CheckedEnd(InputStream in, PackName name, long length) {
        super(in);
        this.name = name;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        int count = super.read(target, from, length);
        if (count > 0) {
            digest.update(target, from, count);
            left -= count;
            if (left == 0 && !HexFormat.of().formatHex(digest.digest()).equals(name.hex())) {
                throw new IOException("pack " + name.hex() + " changed while it was sent");
            }
        }
        return count;
    }

    @Override
    public long skip(long bytes) throws IOException {
        throw new IOException("a pack is sent whole");
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
