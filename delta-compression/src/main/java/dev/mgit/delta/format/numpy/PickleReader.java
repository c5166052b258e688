package dev.mgit.delta.format.numpy;

import dev.mgit.delta.format.numpy.PickledArrays.EscapedException;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.layout.ByteSource;
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

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        byte[] start = new byte[2];
        if (source.size() < start.length) {
            return Optional.empty();
        }
        source.read(0, start, 0, start.length);
        boolean named = (start[0] & 0xff) == PROTO && start[1] >= 2 && start[1] <= LAST_PROTOCOL;
        if (!named && OLD.indexOf(start[0]) < 0) {
            return Optional.empty();
        }
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
