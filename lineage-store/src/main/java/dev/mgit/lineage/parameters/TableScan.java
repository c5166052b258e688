package dev.mgit.lineage.parameters;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads the entries of a RocksDB table file by their own form alone: whatever is damaged, footer, index or the file's end,
 * what lies before and after it is found. An entry is {@code shared, unshared, length: varint; key's rest; value}, where the
 * first of every 16 shares nothing with the key before; a key ends in 8 bytes of its sequence number and kind.
 */
final class TableScan {
    /** What an entry says of its key. */
    enum Kind {
        REMOVED(0x00),
        VALUE(0x01),
        /** The value lies in a blob file; the entry's own says where. */
        BLOB(0x11);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /** Told of what looks like an entry. */
    interface Visitor {
        /**
         * @param key an id, 32 bytes
         * @return whether the value is what the key says, which proves that this is an entry
         */
        boolean visit(byte[] key, long sequence, Kind kind, ByteBuffer value);
    }

    private static final int ID = 32;
    private static final int KEY = ID + Long.BYTES;
    private static final int MOST_VARINT_BITS = 28;

    private final ByteBuffer file;
    private final Visitor visitor;

    private TableScan(ByteBuffer file, Visitor visitor) {
        this.file = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.visitor = visitor;
    }

    static void run(ByteBuffer file, Visitor visitor) {
        var scan = new TableScan(file, visitor);
        int at = 0;
        while (at < file.limit()) {
            at = scan.run(at);
        }
    }

    /** Follows entries from where one may begin; where to look next. */
    private int run(int start) {
        byte[] key = new byte[KEY];
        int sure = start; // where what is certain ends
        boolean first = true;
        file.position(start);
        while (true) {
            OptionalInt shared = varint();
            OptionalInt unshared = varint();
            OptionalInt length = varint();
            if (shared.isEmpty()
                    || unshared.isEmpty()
                    || length.isEmpty()
                    || first && shared.getAsInt() != 0
                    || shared.getAsInt() + unshared.getAsInt() != KEY
                    || (long) unshared.getAsInt() + length.getAsInt() > file.remaining()) {
                return Math.max(sure, start + 1);
            }
            file.get(key, shared.getAsInt(), unshared.getAsInt());
            long tail = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).getLong(ID);
            Kind kind = kind((int) (tail & 0xff));
            if (kind == null || kind == Kind.REMOVED && length.getAsInt() > 0) {
                return Math.max(sure, start + 1);
            }
            ByteBuffer value = file.slice(file.position(), length.getAsInt());
            file.position(file.position() + length.getAsInt());
            byte[] id = Arrays.copyOf(key, ID);
            if (visitor.visit(id, tail >>> 8, kind, value)) {
                sure = file.position();
            }
            first = false;
        }
    }

    private static @Nullable Kind kind(int code) {
        for (Kind kind : Kind.values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        return null;
    }

    private OptionalInt varint() {
        int value = 0;
        for (int shift = 0; shift < MOST_VARINT_BITS && file.hasRemaining(); shift += 7) {
            int next = file.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return OptionalInt.of(value);
            }
        }
        return OptionalInt.empty();
    }
}
