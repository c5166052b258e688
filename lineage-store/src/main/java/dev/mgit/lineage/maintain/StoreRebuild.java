package dev.mgit.lineage.maintain;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoreSalvage;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.RepositoryFiles;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds a parameter store that cannot be opened or read through from what its files hold. The new one is made beside it
 * and takes its place once it is whole; the old one is kept.
 */
final class StoreRebuild {
    private final Repository repository;
    private final RepositoryFiles files;

    StoreRebuild(Repository repository) {
        this.repository = repository;
        this.files = repository.files();
    }

    /** What is wrong with the files of the store as such, apart from single blocks; empty if nothing is. */
    Optional<String> damage() {
        try (@Nullable ParameterStore store = repository.parametersIfAny().orElse(null)) {
            if (store != null) {
                store.verifyFiles();
            }
            return Optional.empty();
        } catch (MgitException e) {
            ResourceException.throwIfBehind(e);
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            return Optional.of(e.getMessage());
        }
    }

    /** @return what was done, a line each */
    List<String> run(WriterLock lock) throws IOException {
        requireRoom();
        DurableFiles.deleteTree(files.parametersBeingRebuilt());
        StoreSalvage.Result result = StoreSalvage.run(files.parameters(), files.parametersBeingRebuilt());
        repository.takeRebuiltParameters(lock);
        return List.of("rebuilt the parameter store from its table and blob files: " + result.objects()
                + " tensors and other ranges, " + result.blocks() + " blocks; the damaged one is kept as "
                + files.parametersDamaged() + ", remove it when nothing is missing");
    }

    private void requireRoom() throws IOException {
        long needed = StoreSalvage.bytes(files.parameters());
        long free = Files.getFileStore(files.mgit()).getUsableSpace();
        if (free < needed) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "no room to rebuild the parameter store: it takes " + needed + " bytes beside the damaged one, and "
                            + free + " are free where " + files.mgit() + " is",
                    "free some space, or copy .mgit to a larger disk and repair it there; nothing was changed");
        }
    }
}
