package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.FileByteSource;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.format.Layout;
import dev.mgit.lineage.parameters.BlockSink;
import dev.mgit.lineage.parameters.FileWriter;
import dev.mgit.lineage.parameters.OpaquePredictions;
import dev.mgit.lineage.parameters.TensorPredictions;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Compares files by what is in them, without the parameter store: a manifest's hashes say enough. */
final class FileContents {
    private final Lineage lineage;
    private final int threads;

    FileContents(Repository repository, int threads) {
        this.lineage = repository.lineage();
        this.threads = threads;
    }

    /** True if a file on disk holds what a version says. */
    boolean equal(VersionId version, FileEntry file, Path onDisk) throws IOException {
        if (Files.size(onDisk) != file.size()) {
            return false;
        }
        if (file.stored() == FileEntry.Stored.VERBATIM) {
            return Arrays.equals(lineage.verbatim(version, file.path()), Files.readAllBytes(onDisk));
        }
        return lineage.manifest(version, file.path())
                .sha256()
                .equals(manifest(onDisk).sha256());
    }

    /** True if two versions say the same of a file. */
    boolean equal(VersionId a, VersionId b, FileEntry file) {
        return file.stored() == FileEntry.Stored.VERBATIM
                ? Arrays.equals(lineage.verbatim(a, file.path()), lineage.verbatim(b, file.path()))
                : lineage.manifest(a, file.path())
                        .sha256()
                        .equals(lineage.manifest(b, file.path()).sha256());
    }

    /** What the manifest of a file on disk would be. A file too damaged for its reader is taken as opaque bytes. */
    Manifest manifest(Path onDisk) throws IOException {
        try (FileByteSource source = FileByteSource.open(onDisk);
                var writer = new FileWriter(BlockSink.hashing(), threads)) {
            Layout layout;
            try {
                layout = Formats.layoutOf(onDisk, source);
            } catch (MgitException e) {
                layout = Formats.opaque(source);
            }
            return writer.write(
                    source, layout, tensor -> TensorPredictions.none(), OpaquePredictions.none(), done -> {});
        }
    }
}
