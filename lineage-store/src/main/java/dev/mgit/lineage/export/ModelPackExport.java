package dev.mgit.lineage.export;

import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.FileContent;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.VersionId;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Writes a version as a CNCF ModelPack artifact: an OCI image layout in a folder, or in a tar file. */
public final class ModelPackExport {
    private static final byte[] LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

    private final Repository repository;
    private final CopyProgress progress;

    public ModelPackExport(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * What was written.
     *
     * @param digest of the manifest: {@code sha256:…}
     * @param tag by which the layout's index knows it
     */
    public record Result(String digest, String tag, int layers) {}

    /**
     * Makes the layout. Files are decoded, verified and written a block at a time.
     *
     * @param archive whether the target is a tar file rather than a folder
     * @throws dev.mgit.delta.MgitException of kind CONFLICT if there is something in its place, INTEGRITY if the store is
     *     damaged; nothing is written then
     */
    public Result export(VersionId id, Path target, boolean archive) throws IOException {
        ModelPack pack = new ModelPacks(repository.lineage(), ModelPacks.MOST_ANCESTORS).of(id);
        String tag = id.abbreviated();
        NewTarget.Content content = place -> {
            try (OciFiles files = archive ? new OciArchive(place) : new OciFolder(place)) {
                write(id, pack, tag, files);
            }
        };
        if (archive) {
            NewTarget.file(repository, target, content);
        } else {
            NewTarget.folder(repository, target, content);
        }
        return new Result(pack.digest(), tag, pack.layers().size());
    }

    private void write(VersionId id, ModelPack pack, String tag, OciFiles files) throws IOException {
        Checkpoint checkpoint = repository.lineage().checkpoint(id);
        files.add("oci-layout", LAYOUT.length, out -> out.write(LAYOUT));
        Set<String> written = new HashSet<>();
        blob(files, written, pack.config());
        blob(files, written, pack.manifest());
        progress.start("writing", checkpoint.size());
        try {
            for (ModelPack.Layer layer : pack.layers()) {
                FileEntry file = checkpoint.file(layer.path()).orElseThrow();
                if (written.add(layer.sha256())) {
                    files.add(
                            path(layer.sha256()),
                            layer.size(),
                            out -> FileContent.copy(repository, id, file, new Counting(out)));
                }
            }
        } finally {
            progress.done();
        }
        byte[] index = pack.index(tag);
        files.add("index.json", index.length, out -> out.write(index));
    }

    private static void blob(OciFiles files, Set<String> written, byte[] bytes) throws IOException {
        String sha256 = ModelPack.sha256(bytes);
        if (written.add(sha256)) {
            files.add(path(sha256), bytes.length, out -> out.write(bytes));
        }
    }

    private static String path(String sha256) {
        return "blobs/sha256/" + sha256;
    }

    /** Tells how far it is. */
    private final class Counting extends FilterOutputStream {
        Counting(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            progress.advance(length);
        }
    }
}
