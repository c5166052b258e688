package dev.mgit.hooks.watch;

import dev.mgit.lineage.version.VersionId;
import java.util.Optional;

/**
 * Something that happened to a watched folder.
 *
 * @param folder the checkpoint's name; empty where it is about all
 * @param version the one that has what the folder holds or held
 * @param bytes of the folder
 * @param stored how much the repository grew
 * @param detail a reason, in words; empty where there is none to give
 */
public record WatchEvent(
        Kind kind, Optional<String> folder, Optional<VersionId> version, long bytes, long stored, String detail) {
    /** What happened. */
    public enum Kind {
        /** It became a version. */
        COMMITTED,
        /** A version had it before. */
        KNOWN,
        /** It is not finished. */
        WAITING,
        /** It could not be committed. */
        FAILED,
        /** It stays although the rule would let it go, or it is no longer what was committed. */
        KEPT,
        /** It was deleted, since a version has it. */
        REMOVED,
        /** Nothing is committed until there is room. */
        PAUSED,
        /** There is room again. */
        RESUMED
    }

    static WatchEvent of(Kind kind, String folder, String detail) {
        return new WatchEvent(kind, Optional.of(folder), Optional.empty(), 0, 0, detail);
    }

    static WatchEvent of(Kind kind, String folder, VersionId version, long bytes, String detail) {
        return new WatchEvent(kind, Optional.of(folder), Optional.of(version), bytes, 0, detail);
    }

    static WatchEvent of(Kind kind, String detail) {
        return new WatchEvent(kind, Optional.empty(), Optional.empty(), 0, 0, detail);
    }
}
