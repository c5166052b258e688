package dev.mgit.serve.hub.push;

import dev.mgit.delta.Hashes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;

/** An upload being written. It is there under its name once it is {@link #publish published}, or never. */
final class StagedFile extends OutputStream {
    static final String UNFINISHED = ".new";

    private static final int PIECE = 1 << 16;

    private final Uploads uploads;
    private final Path target;
    private final Path temporary;
    private final long most;
    private final FileChannel channel;
    private final MessageDigest digest = Hashes.sha256();
    private long size;
    private boolean published;

    StagedFile(Uploads uploads, Path target) throws IOException {
        this(uploads, target, Long.MAX_VALUE);
    }

    /** @param most bytes it may have */
    StagedFile(Uploads uploads, Path target, long most) throws IOException {
        this.uploads = uploads;
        this.target = target;
        this.most = most;
        Files.createDirectories(target.toAbsolutePath().getParent());
        this.temporary = target.resolveSibling(UUID.randomUUID() + UNFINISHED);
        this.channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > most - size) {
            throw Refusals.tooLarge("the upload has more than the " + most + " bytes it may have");
        }
        uploads.reserve(length);
        size += length;
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
        digest.update(bytes, offset, length);
    }

    /**
     * Writes all that comes.
     *
     * @throws dev.mgit.serve.http.HttpError if that is more than it may have
     */
    void fill(InputStream in) throws IOException {
        byte[] buffer = new byte[PIECE];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            write(buffer, 0, count);
        }
    }

    long size() {
        return size;
    }

    /** Of what was written, in hex. To be asked once. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Makes it durable and gives it its name, in the place of an earlier one. */
    void publish() throws IOException {
        channel.force(true);
        channel.close();
        long replaced = Files.exists(target) ? Files.size(target) : 0;
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        published = true;
        uploads.release(replaced);
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!published && Files.deleteIfExists(temporary)) {
            uploads.release(size);
            size = 0;
        }
    }
}
