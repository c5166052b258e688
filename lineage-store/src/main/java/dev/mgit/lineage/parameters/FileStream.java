package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a stored file, in order. A file read from its first byte to its last is compared with the SHA-256 in its
 * manifest before the last bytes are handed out. For one thread.
 */
public interface FileStream extends AutoCloseable {
    /**
     * The next bytes, not to be changed; null at the end.
     *
     * @throws MgitException of kind INTEGRITY, naming file and tensor, if the store does not give the bytes back as
     *     they were
     */
    @Nullable
    ByteBuffer next() throws IOException;

    @Override
    void close();
}
