package dev.mgit.delta.format.tflite;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A FlatBuffer, by the "FlatBuffer Internals" of its documentation: tables whose fields are found through a vtable, and
 * vectors that begin with their length. Every offset is followed within the file only, and nothing is read recursively,
 * so that offsets in circles lead nowhere.
 */
final class FlatBuffer {
    private static final int MAX_TEXT = 4096;

    private final Cursor in;

    FlatBuffer(ByteSource source) throws IOException {
        this.in = new Cursor(source);
    }

    /** Where a vector's elements begin, and how many there are. */
    record Vector(long offset, long count) {
        static final Vector EMPTY = new Vector(0, 0);
    }

    Table root() throws IOException {
        in.seek(0);
        return table(in.u32());
    }

    private Table table(long offset) throws IOException {
        in.seek(offset);
        long vtable = offset - in.i32();
        in.seek(vtable);
        int vtableBytes = in.u16();
        int tableBytes = in.u16();
        if (vtableBytes < 4 || vtableBytes % 2 != 0 || tableBytes < 4) {
            throw new FormatException("the table at byte " + offset + " has no valid vtable at byte " + vtable);
        }
        return new Table(offset, tableBytes, vtable + 4, (vtableBytes - 4) / 2);
    }

    /** The tables that a vector of offsets leads to, one after the other. */
    Table element(Vector vector, long index) throws IOException {
        in.seek(vector.offset() + 4 * index);
        long at = in.position();
        return table(at + in.u32());
    }

    List<Long> ints(Vector vector, int most) throws IOException {
        if (vector.count() > most) {
            throw new FormatException(
                    "the list at byte " + vector.offset() + " has " + vector.count() + " numbers, more than " + most);
        }
        List<Long> numbers = new ArrayList<>();
        in.seek(vector.offset());
        for (long i = 0; i < vector.count(); i++) {
            numbers.add((long) in.i32());
        }
        return numbers;
    }

    /** A table; its fields have the numbers of their order in the schema. */
    final class Table {
        private final long offset;
        private final int bytes;
        private final long fields;
        private final int count;

        private Table(long offset, int bytes, long fields, int count) {
            this.offset = offset;
            this.bytes = bytes;
            this.fields = fields;
            this.count = count;
        }

        /** Goes to a field; false if it has its default. */
        private boolean find(int field, int width) throws IOException {
            if (field >= count) {
                return false;
            }
            in.seek(fields + 2L * field);
            int at = in.u16();
            if (at == 0) {
                return false;
            }
            if (at < 4 || at + width > bytes) {
                throw new FormatException("field " + field + " of the table at byte " + offset + " is outside of it");
            }
            in.seek(offset + at);
            return true;
        }

        boolean has(int field) throws IOException {
            return find(field, 1);
        }

        int u8(int field) throws IOException {
            return find(field, 1) ? in.u8() : 0;
        }

        long u32(int field) throws IOException {
            return find(field, 4) ? in.u32() : 0;
        }

        /** Values of 2^63 and above come out negative. */
        long u64(int field) throws IOException {
            return find(field, 8) ? in.i64() : 0;
        }

        /**
         * @param width bytes of an element
         * @throws FormatException if it reaches beyond the file
         */
        Vector vector(int field, int width) throws IOException {
            if (!find(field, 4)) {
                return Vector.EMPTY;
            }
            long at = in.position();
            in.seek(at + in.u32());
            long elements = in.u32();
            Vector vector = new Vector(in.position(), elements);
            in.skip(elements * width);
            return vector;
        }

        Optional<String> text(int field) throws IOException {
            Vector bytes = vector(field, 1);
            if (bytes.count() == 0) {
                return Optional.empty();
            }
            in.seek(bytes.offset());
            return Optional.of(in.utf8(bytes.count(), MAX_TEXT));
        }
    }
}
