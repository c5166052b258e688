package dev.mgit.delta.format.safetensors;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.SliceByteSource;
import java.io.IOException;

/**
 * Finds halves of surrogate pairs among the escapes of JSON texts, which no encoding can carry on, without keeping the
 * texts: a value may be as long as the header it stands in.
 */
public final class Surrogates {
    private final Cursor in;

    private Surrogates(Cursor in) {
        this.in = in;
    }

    /**
     * Looks through the JSON in a byte range. JSON that is broken otherwise is told by its parser.
     *
     * @throws FormatException if an escape is half of a surrogate pair
     */
    public static void refuseHalves(ByteSource source, long offset, long length) throws IOException {
        new Surrogates(new Cursor(new SliceByteSource(source, offset, length))).scan();
    }

    private void scan() throws IOException {
        boolean highDue = false;
        while (!in.atEnd()) {
            long at = in.position();
            int unit = in.u8() == '\\' ? escaped() : 0;
            boolean low = Character.isLowSurrogate((char) unit);
            if (low != highDue) {
                throw new FormatException(
                        "before byte " + at + " of the header is half of a surrogate pair, which is not valid Unicode");
            }
            highDue = Character.isHighSurrogate((char) unit);
        }
        if (highDue) {
            throw new FormatException("the header ends in half of a surrogate pair, which is not valid Unicode");
        }
    }

    /** The UTF-16 unit of an escape of four digits; 0 for other escapes. */
    private int escaped() throws IOException {
        if (in.atEnd() || in.u8() != 'u' || in.remaining() < 4) {
            return 0;
        }
        int unit = 0;
        for (int i = 0; i < 4; i++) {
            unit = unit << 4 | Math.max(0, Character.digit(in.u8(), 16));
        }
        return unit;
    }
}
