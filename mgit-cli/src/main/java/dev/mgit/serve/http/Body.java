package dev.mgit.serve.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What follows the headers of a reply: its length is known before its bytes are. */
public interface Body {
    /** Bytes that {@link Pieces} will give. */
    long length();

    /** Starts to read. Not called for a HEAD request. */
    Pieces open() throws IOException;

    /** Bytes in order. Whatever is thrown once the headers are sent cuts the connection. */
    interface Pieces extends AutoCloseable {
        /** The next bytes; null at the end. */
        @Nullable
        Piece next() throws IOException;

        @Override
        default void close() {}
    }

    static Body of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    static Body of(byte[] bytes, int offset, int length) {
        return new Body() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public Pieces open() {
                Piece all = new Piece.Bytes(ByteBuffer.wrap(bytes, offset, length));
                return new Pieces() {
                    private boolean given;

                    @Override
                    public @Nullable Piece next() {
                        boolean first = !given;
                        given = true;
                        return first ? all : null;
                    }
                };
            }
        };
    }
}
