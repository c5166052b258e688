package dev.mgit.lineage.parameters;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Reads the records of a RocksDB blob file, going on after what is damaged. A record is {@code key's length, value's
 * length, expiry: u64; checksum of these, checksum of the rest: u32; key; value}; checksums are CRC32C, rotated and offset.
 */
final class BlobScan {
    /** Told of a record whose lengths are certain; its value is not. */
    interface Visitor {
        void visit(byte[] key, int valueOffset, int valueLength);
    }

    private static final int ID = 32;
    private static final int LENGTHS = 3 * Long.BYTES;
    private static final int HEADER = LENGTHS + 2 * Integer.BYTES;
    private static final int MASK = 0xa282ead8;

    private BlobScan() {}

    static void run(ByteBuffer file, Visitor visitor) {
        ByteBuffer in = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + HEADER + ID <= in.limit()) {
            long value = in.getLong(at + Long.BYTES);
            boolean record = in.getLong(at) == ID && value >= 0 && value <= in.limit() - at - HEADER - ID;
            if (record && in.getInt(at + LENGTHS) == masked(in.slice(at, LENGTHS))) {
                byte[] key = new byte[ID];
                in.get(at + HEADER, key);
                visitor.visit(key, at + HEADER + ID, (int) value);
                at += HEADER + ID + (int) value;
            } else {
                at++;
            }
        }
    }

    private static int masked(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }
}
