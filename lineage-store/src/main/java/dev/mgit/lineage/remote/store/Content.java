package dev.mgit.lineage.remote.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes of known number that can be read more than once, so that a broken upload can begin again. */
public interface Content {
    long length();

    /** The bytes from the start; the caller closes the stream. */
    InputStream open() throws IOException;

    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }
}
