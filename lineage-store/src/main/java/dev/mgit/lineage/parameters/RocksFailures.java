package dev.mgit.lineage.parameters;

import dev.mgit.delta.DiskRefusal;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB says when it cannot, in the user's words. */
final class RocksFailures {
    /** What to do about a store that does not open. */
    static final String REPAIR = "run 'mgit fsck --repair', which rebuilds it from its table and blob files";

    private RocksFailures() {}

    /** Says in the user's words what RocksDB said in its own. */
    static MgitException failure(String what, Path directory, RocksDBException e) {
        Optional<ResourceException> exhausted = ResourceException.behind(e);
        if (exhausted.isPresent()) {
            return exhausted.get();
        }
        Status status = e.getStatus();
        Optional<DiskRefusal> refused = status != null && status.getSubCode() == Status.SubCode.NoSpace
                ? Optional.of(DiskRefusal.FULL)
                : DiskRefusal.behind(e); // where it wraps the status away
        if (refused.isPresent()) {
            return new StoreException(
                    MgitException.Kind.FAILED,
                    what + ": " + refused.get().sentence(directory.toString()),
                    refused.get().hint(),
                    e);
        }
        boolean damaged =
                status != null && status.getCode() == Status.Code.Corruption || isMissingOrFolder(e, directory);
        return new StoreException(
                damaged ? MgitException.Kind.INTEGRITY : MgitException.Kind.FAILED,
                what + " in " + directory + ": " + e.getMessage(),
                damaged ? "run 'mgit fsck'" : null,
                e);
    }

    /** What keeps a database with sound files from opening is its lock or the disk; anything else is damage. */
    static MgitException notOpened(Path directory, RocksDBException e) {
        MgitException failure = failure("cannot open the parameter store", directory, e);
        if (failure instanceof ResourceException) {
            return failure;
        }
        boolean strange = e.getStatus() == null || e.getStatus().getCode() != Status.Code.IOError;
        return failure.kind() == MgitException.Kind.INTEGRITY || strange
                ? new StoreException(MgitException.Kind.INTEGRITY, failure.getMessage(), REPAIR, e)
                : failure;
    }

    /** RocksDB calls it an error of the disk that a file it wrote is no longer there, or no file. */
    private static boolean isMissingOrFolder(RocksDBException e, Path directory) {
        String message = String.valueOf(e.getMessage());
        return Files.isDirectory(directory) && (message.contains("No such file") || message.contains("Is a directory"));
    }
}
