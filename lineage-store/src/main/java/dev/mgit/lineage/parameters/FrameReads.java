package dev.mgit.lineage.parameters;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Reads frames of a database. RocksDB has CRC-32C of everything, but for any x86 processor, which takes as long as decoding
 * does; and frames end in a checksum of their own. What has none are the tables, and a damaged one can have RocksDB read
 * anywhere. So once so much was read that it is worth it, all tables are verified, and from then on single reads are not.
 */
final class FrameReads implements AutoCloseable {
    private static final long WORTH_A_LOOK = 32L << 20;

    /** Bytes of frames read for each byte of the tables before those are verified as a whole. */
    private static final int SHARE = 4;

    private final RocksDB db;
    private final ReadOptions checked = new ReadOptions().setVerifyChecksums(true);
    private final ReadOptions unchecked = new ReadOptions().setVerifyChecksums(false);
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong next = new AtomicLong(WORTH_A_LOOK);
    private volatile boolean verified;

    FrameReads(RocksDB db) {
        this.db = db;
    }

    byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
        byte[] frame = db.get(family, verified ? unchecked : checked, key);
        if (frame != null && !verified) {
            count(frame.length);
        }
        return frame;
    }

    private void count(int bytes) {
        long now = read.addAndGet(bytes);
        long goal = next.get();
        if (now < goal || !next.compareAndSet(goal, Long.MAX_VALUE)) { // one thread looks
            return;
        }
        try {
            long wanted = SHARE * db.getAggregatedLongProperty("rocksdb.total-sst-files-size");
            if (now < wanted) {
                next.set(wanted);
            } else {
                db.verifyChecksum();
                verified = true;
            }
        } catch (RocksDBException e) {
            // A table is damaged, or a writer's clean-up removed it: reads stay checked, one by one.
            verified = false;
        }
    }

    @Override
    public void close() {
        checked.close();
        unchecked.close();
    }
}
