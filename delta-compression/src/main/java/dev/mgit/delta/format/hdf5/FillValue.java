package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.format.hdf5.ObjectHeader.Message;
import java.io.IOException;
import java.util.Optional;

/** What elements are that were never written (sections IV.A.2.e and IV.A.2.f). */
final class FillValue {
    private static final int DEFINED = 0x20;

    private FillValue() {}

    /** Whether it is zero, as it is where nobody chose another. */
    static boolean isZero(Hdf5File file, ObjectHeader header) throws IOException {
        Optional<Message> value = header.find(ObjectHeader.FILL_VALUE);
        Optional<Message> message = value.isPresent() ? value : header.find(ObjectHeader.OLD_FILL_VALUE);
        if (message.isEmpty()) {
            return true;
        }
        if (message.get().isShared()) {
            return false; // kept elsewhere
        }
        file.in.seek(message.get().offset());
        long outer = file.in.enter(message.get().length());
        boolean zero = value.isEmpty() || isDefined(file) ? isZero(file, file.in.u32()) : true;
        file.in.leave(outer);
        return zero;
    }

    /** Reads what stands before the value's length. */
    private static boolean isDefined(Hdf5File file) throws IOException {
        int version = file.in.u8();
        if (version >= 3) {
            return (file.in.u8() & DEFINED) != 0;
        }
        file.in.skip(2);
        boolean defined = file.in.u8() != 0;
        return version == 1 || defined;
    }

    private static boolean isZero(Hdf5File file, long length) throws IOException {
        boolean zero = true;
        for (int i = 0; i < (int) length; i++) { // -1 where there is none
            file.step();
            zero &= file.in.u8() == 0;
        }
        return zero;
    }
}
