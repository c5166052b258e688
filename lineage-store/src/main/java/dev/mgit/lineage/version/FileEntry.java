package dev.mgit.lineage.version;

/**
 * One file of a version.
 *
 * @param path relative path with {@code /} between folders
 * @param size bytes of the original file
 * @param stored where its bytes are
 */
public record FileEntry(String path, long size, boolean executable, Storage stored) {
    /** Where a file's bytes are kept. */
    public enum Storage {
        /** Verbatim in Git. */
        VERBATIM,
        /** In the parameter store, by way of a {@link Manifest}. */
        PARAMETERS
    }
}
