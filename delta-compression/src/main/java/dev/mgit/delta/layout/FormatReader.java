package dev.mgit.delta.layout;

import java.io.IOException;
import java.util.Optional;

/** Understands one checkpoint file format. Readers hold no state and are never handed ownership of the source. */
public interface FormatReader extends Format {
    /**
     * Reads the layout of a file of this format.
     *
     * @param fileName the file's name without folders; a hint only, contents decide
     * @return empty if the file is not of this format
     * @throws FormatException if it says it is of this format but its header is damaged or hostile
     * @throws UnsupportedFormatException if it is of this format, but in a way this reader does not understand
     */
    Optional<Layout> read(String fileName, ByteSource source) throws IOException;

    /**
     * The answer to a file that does not begin as this format does: an error only if the name promised it.
     *
     * @param beginning what every file of this format begins with
     */
    default Optional<Layout> notThis(String fileName, String beginning) {
        if (ownsName(fileName)) {
            throw new FormatException("the file does not begin with " + beginning + ", as its extension implies");
        }
        return Optional.empty();
    }
}
