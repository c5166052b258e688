package dev.mgit.delta.layout;

/**
 * A file of a known format that its reader does not understand: a version, type or size beyond it. Nothing says that
 * the file is damaged, so the registry of readers keeps it as opaque bytes. The message says what is beyond the reader.
 */
public final class UnsupportedFormatException extends FormatException {
    private static final long serialVersionUID = 1L;

    public UnsupportedFormatException(String message) {
        super(message, "other tools may read it; mgit keeps it as opaque bytes");
    }
}
