package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.parameters.FileRestorer;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.SafePath;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes a version's files, bit for bit: the one way from the store to a folder. */
public final class VersionFiles {
    private final Repository repository;
    private final CopyProgress progress;
    private final int threads;

    public VersionFiles(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.progress = progress;
        this.threads = StoreSettings.of(repository.settings()).threads();
    }

    /**
     * Writes all that a version has.
     *
     * @param folder of mgit's own, empty
     * @throws dev.mgit.delta.MgitException of kind INTEGRITY if the version names a file that would lie elsewhere, or
     *     the store does not give the bytes back as they were; what was written is then to be thrown away
     */
    public void writeTo(Path folder, VersionId version) throws IOException {
        Checkpoint checkpoint = repository.lineage().checkpoint(version);
        writeTo(folder, version, checkpoint.files(), checkpoint.folders());
    }

    /** Writes some of it. Each file is on disk when this returns. */
    void writeTo(Path folder, VersionId version, List<FileEntry> files, List<String> folders) throws IOException {
        files.forEach(file -> SafePath.in(folder, file.path()));
        var created = new NewFiles(folder);
        try (var syncs = ParallelSync.ofSmallFiles()) {
            for (FileEntry file : files) {
                if (file.stored() == FileEntry.Storage.VERBATIM) {
                    writeVerbatim(created, version, file, syncs);
                }
            }
            syncs.finish();
        }
        List<FileEntry> large = files.stream()
                .filter(file -> file.stored() == FileEntry.Storage.PARAMETERS)
                .toList();
        if (!large.isEmpty()) {
            writeLarge(created, version, large);
        }
        for (String empty : folders) {
            created.createFolder(empty);
        }
    }

    private void writeVerbatim(NewFiles created, VersionId version, FileEntry file, ParallelSync syncs)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(repository.lineage().verbatim(version, file.path()));
        FileChannel channel = created.create(file.path(), file.executable());
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        syncs.sync(channel);
    }

    private void writeLarge(NewFiles created, VersionId version, List<FileEntry> files) throws IOException {
        progress.start("writing", files.stream().mapToLong(FileEntry::size).sum());
        String name = repository.lineage().version(version).model() + " at " + version.abbreviated();
        Set<String> paths = files.stream().map(FileEntry::path).collect(Collectors.toSet());
        try (var store = repository.parameters(
                        () -> NeededObjects.of(repository.lineage(), List.of(version), paths::contains));
                var syncs = ParallelSync.ofLargeFiles();
                var restorer = new FileRestorer(store, threads)) {
            for (FileEntry file : files) {
                FileChannel channel = created.create(file.path(), file.executable());
                boolean whole = false;
                try {
                    restorer.restore(
                            repository.lineage().manifest(version, file.path()),
                            name + ", file '" + file.path() + "'",
                            channel,
                            bytes -> {
                                progress.advance(bytes);
                                syncs.wrote(channel, bytes);
                            });
                    whole = true;
                } finally {
                    if (!whole) {
                        channel.close();
                    }
                }
                syncs.sync(channel);
            }
            syncs.finish();
        } finally {
            progress.done();
        }
    }
}
