package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * What a large file is made of: its byte ranges in order, each a stored object. Kept in Git; the bytes are in the
 * parameter store.
 *
 * @param format the reader that understood the file: {@code safetensors}, {@code onnx}, {@code opaque}, …
 * @param size bytes of the file
 * @param sha256 SHA-256 of the whole file, lower-case hexadecimal: what {@code sha256sum} and model hubs print
 */
public record Manifest(String format, long size, String sha256, List<Entry> entries) {
    /**
     * One range of the file.
     *
     * @param tensor empty where the bytes are not a tensor's
     * @param object holds them, and others too where {@code tensor} is empty
     * @param start where in the object they start
     */
    public record Entry(long offset, long length, Optional<TensorSpec> tensor, ObjectId object, long start) {
        /** A range that is an object of its own. */
        public Entry(long offset, long length, Optional<TensorSpec> tensor, ObjectId object) {
            this(offset, length, tensor, object, 0);
        }
    }

    public Manifest {
        entries = List.copyOf(entries);
    }

    /**
     * Compares what a file's bytes hash to with what is written down.
     *
     * @param digest SHA-256 of the whole file
     * @throws MgitException of kind INTEGRITY if they differ
     */
    public void requireDigest(byte[] digest) {
        String actual = HexFormat.of().formatHex(digest);
        if (!actual.equals(sha256)) {
            throw MgitException.integrity("its bytes have SHA-256 " + actual + ", but its manifest says " + sha256);
        }
    }
}
