package dev.mgit.lineage.parameters;

import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Keeps RocksDB from removing files while a writer works. Where its list of files cannot be synced, RocksDB would at once remove
 * the tables that it has just made, and the list on the disk may name them all the same: such a store could not be opened again.
 */
final class HeldDeletions implements AutoCloseable {
    private final RocksDB db;

    HeldDeletions(RocksDB db) throws RocksDBException {
        this.db = db;
        db.disableFileDeletions();
    }

    /** Removes what no list names any more, unless something failed. */
    void release() throws RocksDBException {
        if (db.getLongProperty("rocksdb.background-errors") == 0) {
            db.enableFileDeletions();
            db.disableFileDeletions();
        }
    }

    /** Ends what RocksDB does in the background first, as that could fail yet. */
    @Override
    public void close() {
        db.cancelAllBackgroundWork(true);
        try {
            release();
        } catch (RocksDBException e) {
            // They take up space until the next writer opens the database, which removes them.
        }
    }
}
