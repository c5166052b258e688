package dev.mgit.delta.layout;

import dev.mgit.delta.MgitException;

/**
 * A file that claims a format and breaks its rules. The message says which rule and where, in one sentence. What only
 * goes beyond this reader is an {@link UnsupportedFormatException}.
 */
public sealed class FormatException extends MgitException permits UnsupportedFormatException {
    private static final String HINT = "the file is damaged or cut off; fetch it again, or list it in .mgitignore";
    private static final int MAX_MESSAGE = 500;

    public FormatException(String message) {
        this(message, HINT);
    }

    public FormatException(String message, String hint) {
        super(Kind.FAILED, printable(message), hint);
    }

    private FormatException(String message, FormatException cause) {
        super(Kind.FAILED, printable(message), cause.hint(), cause);
    }

    /** Messages quote names out of hostile files: no control characters, no endless names. */
    private static String printable(String message) {
        String cut = message.length() <= MAX_MESSAGE ? message : message.substring(0, MAX_MESSAGE) + "...";
        return cut.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
    }

    /** The same failure, its sentence opened by the file's name. */
    public FormatException in(String fileName) {
        return new FormatException(fileName + ": " + getMessage(), this);
    }
}
