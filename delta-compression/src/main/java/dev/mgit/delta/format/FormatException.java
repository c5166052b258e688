package dev.mgit.delta.format;

import dev.mgit.delta.MgitException;

/** A file that claims a format and breaks its rules. The message says which rule and where, in one sentence. */
public final class FormatException extends MgitException {
    public FormatException(String message) {
        super(Kind.FAILED, message, "the file is damaged or cut off; fetch it again, or list it in .mgitignore");
    }
}
