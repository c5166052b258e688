package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Stores again what was lost and folders still have: files of which the digest is one that a lost file had. What is stored
 * and sound stays as it is; nothing else of a folder is read into the store, and no version is made.
 */
public final class SourceFolders {
    private final Repository repository;
    private final CopyProgress progress;
    private final Set<String> done = new HashSet<>();

    public SourceFolders(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * @param folder a folder or file; one that cannot be read as a checkpoint has nothing to give
     * @param digests SHA-256 of files that are wanted, in hex
     * @param blobs ids of Git objects that are missing
     * @return the files that were stored again
     */
    public List<Path> heal(Path folder, Set<String> digests, Set<String> blobs, WriterLock lock) throws IOException {
        Optional<CheckpointFiles> found = read(folder);
        if (found.isEmpty()) {
            return List.of();
        }
        List<Path> healed = new ArrayList<>(small(found.get(), blobs));
        List<CheckpointFiles.Large> large = new ArrayList<>();
        for (CheckpointFiles.Large file : found.get().large()) {
            String digest = FileContents.sha256(file.entry().file());
            if (digests.contains(digest) && done.add(digest)) {
                large.add(file);
                healed.add(file.entry().file());
            }
        }
        if (!large.isEmpty()) {
            store(found.get().withOnly(large), lock);
        }
        return healed;
    }

    private static Optional<CheckpointFiles> read(Path folder) throws IOException {
        try {
            return Optional.of(CheckpointFiles.read(folder, false));
        } catch (MgitException e) {
            return Optional.empty();
        }
    }

    /** Small files are Git objects by themselves. */
    private List<Path> small(CheckpointFiles files, Set<String> blobs) throws IOException {
        List<Path> healed = new ArrayList<>();
        try (GitExchange exchange = repository.exchange()) {
            for (CheckpointFiles.Entry file : blobs.isEmpty() ? List.<CheckpointFiles.Entry>of() : files.verbatim()) {
                if (exchange.storeIfWanted(Files.readAllBytes(file.file()), blobs)) {
                    healed.add(file.file());
                }
            }
        }
        return healed;
    }

    private void store(CheckpointFiles files, WriterLock lock) throws IOException {
        StoreSettings settings = StoreSettings.of(repository.settings());
        try (ParameterStore store = repository.writableParameters(lock)) {
            new CheckpointWriter(repository.lineage(), store, repository.files().mgit(), settings, progress)
                    .write(files, Optional.empty(), List.of(), LossTolerance.EXACT)
                    .manifests()
                    .close();
            store.flush();
        }
    }
}
