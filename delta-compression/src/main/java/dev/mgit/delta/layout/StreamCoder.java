package dev.mgit.delta.layout;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** How a stream in a file is made of what it stands for: nothing but what goes in decides what comes out. */
public sealed interface StreamCoder permits DeflateCoder, ByteEscapes {
    /** Makes the stream. */
    Encoder encoder(OutputStream out);

    /** Where every stream begins. */
    Place beginning();

    /** Takes what a stream stands for, piece by piece. */
    interface Encoder {
        void write(byte[] bytes, int offset, int length) throws IOException;

        void finish() throws IOException;
    }

    /** Gives what a stream stands for, piece by piece. */
    interface Decoder {
        /**
         * The next bytes.
         *
         * @return how many, -1 at the end
         * @throws IOException if it is no such stream, or cut off
         */
        int read(byte[] target, int offset, int length) throws IOException;

        /** Bytes before the next to be read. */
        long position();

        /** Where the next byte is, if decoding can begin there. */
        Optional<Place> place();
    }

    /**
     * A place in a stream from which it can be decoded.
     *
     * @param packed the byte of the stream in which it is
     * @param position what of the content is before it
     */
    record Place(long packed, long position, Opening opening) {
        /** @param in the stream from byte {@link #packed} on */
        Decoder open(InputStream in) throws IOException {
            return opening.open(in);
        }
    }

    /** Begins to decode. */
    @FunctionalInterface
    interface Opening {
        Decoder open(InputStream in) throws IOException;
    }
}
