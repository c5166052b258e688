package dev.mgit.delta.format.numpy;

import dev.mgit.delta.format.numpy.PickledArrays.EscapedException;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads pickles that hold NumPy arrays, joblib's among them. The pickle is parsed as data, never executed. No name
 * promises one: other libraries write data of their own between its opcodes.
 */
public final class PickleReader implements FormatReader {
    private static final int PROTO = 0x80;
    private static final int LAST_PROTOCOL = 5;
    /** What containers and arrays begin with in protocols 0 and 1, which do not name themselves. */
    private static final String OLD = "(]}c";

    @Override
    public String name() {
        return "pickle";
    }

    @Override
    public boolean checksumsTensors() {
        return false;
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        return false;
    }

    /** Whether a file begins as a pickle does that may hold arrays. */
    static boolean begins(ByteSource source) throws IOException {
        if (source.size() < 2) {
            return false;
        }
        var in = new Cursor(source);
        int first = in.u8();
        int protocol = in.u8();
        return first == PROTO ? protocol >= 2 && protocol <= LAST_PROTOCOL : OLD.indexOf(first) >= 0;
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        if (!begins(source)) {
            return Optional.empty();
        }
        boolean named = new Cursor(source).u8() == PROTO;
        try {
            return PickledArrays.read(source, 0, "");
        } catch (UnsupportedException e) {
            if (!named && !(e instanceof EscapedException)) {
                return Optional.empty(); // it only began as many a text does
            }
            throw new UnsupportedFormatException("its pickle has " + e.getMessage());
        }
    }
}
