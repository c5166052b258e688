package dev.mgit.lineage.export;

import java.io.IOException;
import java.io.OutputStream;

/** The files of an OCI image layout on their way to a folder or an archive, in the order they are given. */
interface OciFiles extends AutoCloseable {
    /** Writes a file's bytes. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /** @param size how many bytes {@code content} writes */
    void add(String path, long size, Content content) throws IOException;

    /** Makes all of it durable. */
    @Override
    void close() throws IOException;
}
