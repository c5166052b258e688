package dev.mgit.delta.layout;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Understands files of weights that only another file beside them describes. Readers hold no state. */
public interface CompanionReader extends Format {
    /**
     * Reads the layout of a file on disk by what is said of it beside it.
     *
     * @param source the file's bytes
     * @return empty if nothing describes it
     * @throws FormatException if the two contradict each other
     * @throws UnsupportedFormatException if what describes it is not understood
     */
    Optional<Layout> read(Path file, ByteSource source) throws IOException;
}
