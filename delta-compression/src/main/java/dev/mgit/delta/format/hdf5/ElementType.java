package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.format.hdf5.ObjectHeader.Message;
import dev.mgit.delta.layout.LogicalTensor.Order;
import java.io.IOException;
import java.util.Optional;

/**
 * A datatype message (section IV.A.2.d).
 *
 * @param dtype {@code OPAQUE} for what is no plain number
 * @param bytes of one element
 * @param isNumeric whether it can be a tensor's at all: texts and references cannot
 */
record ElementType(Dtype dtype, Order order, long bytes, boolean isNumeric) {
    private static final int FIXED_POINT = 0;
    private static final int FLOATING_POINT = 1;
    private static final int TIME = 2;
    private static final int TEXT = 3;
    private static final int REFERENCE = 7;
    private static final int ENUMERATION = 8;
    private static final int VARIABLE_LENGTH = 9;

    private static final int BIG_ENDIAN = 1;
    private static final int VAX_ORDER = 0x40;
    private static final int SIGNED = 8;

    static ElementType read(Hdf5File file, Message message) throws IOException {
        file.in.seek(message.offset());
        long outer = file.in.enter(message.length());
        ElementType type = read(file);
        file.in.leave(outer);
        return type;
    }

    private static ElementType read(Hdf5File file) throws IOException {
        int first = file.in.u8();
        int kind = first & 0xf;
        int bits = file.in.u16();
        file.in.skip(1);
        long bytes = file.in.u32();
        Order order = (bits & BIG_ENDIAN) != 0 ? Order.BIG_ENDIAN : Order.LITTLE_ENDIAN;
        return switch (kind) {
            case FIXED_POINT -> of(integer(file, bytes, (bits & SIGNED) != 0), order, bytes);
            case FLOATING_POINT -> of((bits & VAX_ORDER) != 0 ? Optional.empty() : real(file, bytes), order, bytes);
            case ENUMERATION -> enumeration(file, first >> 4, bits, bytes);
            case TIME, TEXT, REFERENCE, VARIABLE_LENGTH -> new ElementType(Dtype.OPAQUE, order, bytes, false);
            default -> of(Optional.empty(), order, bytes);
        };
    }

    private static ElementType of(Optional<Dtype> dtype, Order order, long bytes) {
        return new ElementType(dtype.orElse(Dtype.OPAQUE), order, bytes, true);
    }

    private static Optional<Dtype> integer(Hdf5File file, long bytes, boolean signed) throws IOException {
        int offset = file.in.u16();
        int precision = file.in.u16();
        if (offset != 0 || precision != 8 * bytes) {
            return Optional.empty();
        }
        return switch (precision) {
            case 8 -> Optional.of(signed ? Dtype.I8 : Dtype.U8);
            case 16 -> Optional.of(signed ? Dtype.I16 : Dtype.U16);
            case 32 -> Optional.of(signed ? Dtype.I32 : Dtype.U32);
            case 64 -> Optional.of(signed ? Dtype.I64 : Dtype.U64);
            default -> Optional.empty();
        };
    }

    /** Where the exponent and mantissa are tells which float it is. */
    private static Optional<Dtype> real(Hdf5File file, long bytes) throws IOException {
        int offset = file.in.u16();
        int precision = file.in.u16();
        int exponentAt = file.in.u8();
        int exponentBits = file.in.u8();
        int mantissaAt = file.in.u8();
        int mantissaBits = file.in.u8();
        boolean plain = offset == 0 && precision == 8 * bytes && mantissaAt == 0 && exponentAt == mantissaBits;
        for (Dtype dtype : new Dtype[] {Dtype.F64, Dtype.F32, Dtype.F16, Dtype.BF16}) {
            if (plain
                    && bytes == dtype.bytes()
                    && exponentBits == dtype.exponentBits()
                    && mantissaBits == dtype.mantissaBits()) {
                return Optional.of(dtype);
            }
        }
        return Optional.empty();
    }

    /** h5py's bool is an enumeration of two names; other enumerations are their numbers. */
    private static ElementType enumeration(Hdf5File file, int version, int members, long bytes) throws IOException {
        int kind = file.in.u8() & 0xf;
        int bits = file.in.u16();
        file.in.skip(5);
        if (kind != FIXED_POINT) {
            return of(Optional.empty(), Order.LITTLE_ENDIAN, bytes);
        }
        Order order = (bits & BIG_ENDIAN) != 0 ? Order.BIG_ENDIAN : Order.LITTLE_ENDIAN;
        Optional<Dtype> number = integer(file, bytes, (bits & SIGNED) != 0);
        boolean truth = members == 2 && bytes == 1 && isTruth(file, version);
        return of(truth ? number.map(any -> Dtype.BOOL) : number, order, bytes);
    }

    /** Names, up to version 2 filled up to eight bytes, then their numbers. */
    private static boolean isTruth(Hdf5File file, int version) throws IOException {
        for (String name : new String[] {"FALSE", "TRUE"}) {
            long due = version < 3 ? 8 : name.length() + 1;
            for (int i = 0; i < due; i++) {
                if (file.in.u8() != (i < name.length() ? name.charAt(i) : 0)) {
                    return false;
                }
            }
        }
        return file.in.u8() == 0 && file.in.u8() == 1;
    }
}
