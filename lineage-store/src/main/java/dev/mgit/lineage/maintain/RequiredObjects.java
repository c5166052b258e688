package dev.mgit.lineage.maintain;

import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;

/** What a version needs beside its Git objects. */
final class RequiredObjects {
    private RequiredObjects() {}

    /** Whether any of its files lies in the parameter store. */
    static boolean parameters(Lineage lineage, VersionId version) {
        return lineage.checkpoint(version).files().stream()
                .anyMatch(file -> file.stored() == FileEntry.Storage.PARAMETERS);
    }
}
