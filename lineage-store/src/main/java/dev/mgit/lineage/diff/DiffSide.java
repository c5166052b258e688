package dev.mgit.lineage.diff;

import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;

/** One of the two things a diff compares. */
public sealed interface DiffSide {
    /** How the user named it. */
    String label();

    /** A committed version. */
    record Revision(String label, VersionId version) implements DiffSide {}

    /** A file or folder on disk. */
    record OnDisk(String label, Path path) implements DiffSide {}
}
