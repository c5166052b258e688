package dev.mgit.hooks.audit;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** The files of versions with their digests, from manifests: no weight is read. */
public final class ModelFiles {
    /** Folder by folder, as model signing sorts paths: {@code a/b} before {@code a.txt}. */
    private static final Comparator<FileFact> BY_PATH =
            Comparator.comparing(file -> file.path().split("/"), Arrays::compare);

    private final Lineage lineage;

    public ModelFiles(Lineage lineage) {
        this.lineage = lineage;
    }

    /**
     * One file.
     *
     * @param sha256 empty where what is stored of it cannot be read
     * @param parameters elements of its tensors; 0 for other files
     */
    public record FileFact(String path, long size, Optional<String> sha256, long parameters) {}

    /** The files of a version, by path; none of a version that is not here. */
    public List<FileFact> of(VersionId version) {
        try {
            List<FileFact> files = new ArrayList<>();
            lineage.checkpoint(version).files().forEach(file -> files.add(fact(version, file)));
            files.sort(BY_PATH);
            return files;
        } catch (MgitException e) {
            return List.of(); // what is damaged is among the findings
        }
    }

    private FileFact fact(VersionId version, FileEntry file) {
        try {
            if (file.stored() == FileEntry.Storage.VERBATIM) {
                String digest = FolderTools.digest(lineage.verbatim(version, file.path()));
                return new FileFact(file.path(), file.size(), Optional.of(digest), 0);
            }
            Manifest manifest = lineage.manifest(version, file.path());
            long parameters = manifest.tensors().stream()
                    .mapToLong(tensor -> tensor.spec().elements())
                    .sum();
            return new FileFact(file.path(), file.size(), Optional.of(manifest.sha256()), parameters);
        } catch (MgitException e) {
            return new FileFact(file.path(), file.size(), Optional.empty(), 0);
        }
    }

    /**
     * One digest for all files: that of the only one, else the SHA-256 of the digests of all, one after the other, as
     * OpenSSF model signing has it for a folder. Empty where one is not known.
     */
    public static Optional<String> digest(List<FileFact> files) {
        if (files.isEmpty() || files.stream().anyMatch(file -> file.sha256().isEmpty())) {
            return Optional.empty();
        }
        if (files.size() == 1) {
            return files.get(0).sha256();
        }
        byte[] all = new byte[32 * files.size()];
        for (int i = 0; i < files.size(); i++) {
            byte[] one = HexFormat.of().parseHex(files.get(i).sha256().orElseThrow());
            System.arraycopy(one, 0, all, 32 * i, one.length);
        }
        return Optional.of(FolderTools.digest(all));
    }
}
