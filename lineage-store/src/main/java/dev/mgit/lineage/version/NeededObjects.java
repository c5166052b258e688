package dev.mgit.lineage.version;

import java.util.Collection;
import java.util.function.Predicate;

/** The objects of the parameter store that versions consist of, as their manifests say. */
public final class NeededObjects {
    private final Lineage lineage;
    private final ObjectLengths bytes = new ObjectLengths();

    private NeededObjects(Lineage lineage) {
        this.lineage = lineage;
    }

    /** What some versions need: each object with its length, in the order of versions, files and places in them. */
    public static ObjectLengths of(Lineage lineage, Collection<VersionId> versions) {
        return of(lineage, versions, path -> true);
    }

    /** The same for some of their files. */
    public static ObjectLengths of(Lineage lineage, Collection<VersionId> versions, Predicate<String> files) {
        var needed = new NeededObjects(lineage);
        versions.forEach(version -> needed.add(version, files));
        return needed.bytes;
    }

    private void add(VersionId version, Predicate<String> files) {
        for (FileEntry file : lineage.checkpoint(version).files()) {
            if (file.stored() == FileEntry.Storage.PARAMETERS && files.test(file.path())) {
                for (Manifest.Entry entry :
                        lineage.manifest(version, file.path()).entries()) {
                    bytes.atLeast(entry.object(), entry.start() + entry.length());
                }
            }
        }
    }
}
