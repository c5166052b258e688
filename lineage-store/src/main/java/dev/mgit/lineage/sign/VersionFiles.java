package dev.mgit.lineage.sign;

import dev.mgit.delta.Hashes;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The digests of a version's files, of which manifests have those of large ones: no parameter is read. */
public final class VersionFiles {
    /** What a checkout has beside the files of its version. */
    private static final List<String> POINTER = List.of(".mgit");

    private VersionFiles() {}

    /** What a checkout has, without what model signing leaves out as a rule. */
    public static ModelFiles of(Lineage lineage, VersionId id) {
        return present(lineage, id).without(ModelFiles.IGNORED);
    }

    /** How the files in a folder differ from a version's, a clause each. */
    public static List<String> differences(Lineage lineage, VersionId id, Path folder) throws IOException {
        return present(lineage, id).without(POINTER).differences(FolderFiles.of(folder, POINTER));
    }

    static ModelFiles present(Lineage lineage, VersionId id) {
        return files(lineage, id, lineage.checkpoint(id).files());
    }

    /** What the version was made with, whatever training state was dropped since. */
    static ModelFiles recorded(Lineage lineage, VersionId id) {
        Checkpoint checkpoint = lineage.checkpoint(id);
        List<FileEntry> all = new ArrayList<>(checkpoint.files());
        checkpoint.dropped().stream().map(DroppedState.File::file).forEach(all::add);
        return files(lineage, id, all);
    }

    private static ModelFiles files(Lineage lineage, VersionId id, List<FileEntry> files) {
        Map<String, String> digests = new LinkedHashMap<>();
        for (FileEntry file : files) {
            digests.put(
                    file.path(),
                    file.stored() == FileEntry.Storage.PARAMETERS
                            ? lineage.manifest(id, file.path()).sha256()
                            : HexFormat.of().formatHex(Hashes.sha256().digest(lineage.verbatim(id, file.path()))));
        }
        return new ModelFiles(digests);
    }
}
