package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.lineage.parameters.BlockSink;
import dev.mgit.lineage.parameters.FileWriter;
import dev.mgit.lineage.parameters.OpaquePredictions;
import dev.mgit.lineage.parameters.TensorPredictions;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Compares files by what is in them, without the parameter store: a manifest's hashes say enough. */
final class FileContents {
    private static final int BUFFER = 1 << 18;

    private final Lineage lineage;
    private final int threads;

    FileContents(Repository repository, int threads) {
        this.lineage = repository.lineage();
        this.threads = threads;
    }

    /** True if a file on disk holds what a version says. */
    boolean equal(VersionId version, FileEntry file, Path onDisk) throws IOException {
        // a pipe may be as empty as a file, and reading it would wait for ever
        return Files.isRegularFile(onDisk)
                && Files.size(onDisk) == file.size()
                && sha256(onDisk).equals(sha256(version, file));
    }

    /** The hash, in hex, of what a version says a file holds. */
    String sha256(VersionId version, FileEntry file) {
        return file.stored() == FileEntry.Storage.VERBATIM
                ? sha256(lineage.verbatim(version, file.path()))
                : lineage.manifest(version, file.path()).sha256();
    }

    /** True if a file on disk may be executed as a version says, or the file system has no say in that. */
    static boolean sameMode(FileEntry file, FileStat stat, Path onDisk) throws IOException {
        return stat.executable() == file.executable() || !FileStat.keepsExecutable(onDisk);
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(bytes));
    }

    static String sha256(Path onDisk) throws IOException {
        MessageDigest digest = Hashes.sha256();
        try (InputStream in = Files.newInputStream(onDisk)) {
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
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
