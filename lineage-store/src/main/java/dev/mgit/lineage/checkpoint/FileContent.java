package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** The bytes of one file of a version, in order, without a folder to check it out into. */
public final class FileContent {
    private static final int CHUNK = 1 << 20;

    private FileContent() {}

    /**
     * Writes a file's bytes to a stream, each block verified before it is written and the whole at the end.
     *
     * @throws MgitException of kind INTEGRITY if the store does not give the file back as it was; what was written is
     *     then to be thrown away
     */
    public static void copy(Repository repository, VersionId version, FileEntry file, OutputStream out)
            throws IOException {
        if (file.stored() == FileEntry.Storage.VERBATIM) {
            out.write(repository.lineage().verbatim(version, file.path()));
            return;
        }
        Manifest manifest = repository.lineage().manifest(version, file.path());
        MessageDigest digest = Hashes.sha256();
        try (var store = new ObjectReader.Store(repository::parameters)) {
            InputStream bytes = ObjectReader.file(store, manifest);
            byte[] chunk = new byte[(int) Math.min(CHUNK, Math.max(1, manifest.size()))];
            for (int length = bytes.read(chunk); length >= 0; length = bytes.read(chunk)) {
                digest.update(chunk, 0, length);
                out.write(chunk, 0, length);
            }
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(manifest.sha256())) {
            throw MgitException.integrity("file '" + file.path() + "' of " + version.abbreviated()
                    + " does not match the SHA-256 in its manifest");
        }
    }
}
