package dev.mgit.delta;

import org.jspecify.annotations.Nullable;

/**
 * A failure the user can act on: one sentence that says what is wrong and where, and where there is one a hint that
 * says what to do. Everything mgit throws on purpose is one of these; anything else is a bug.
 */
public class MgitException extends RuntimeException {
    /** What went wrong, as far as a caller has to tell failures apart. Each kind is one documented exit code. */
    public enum Kind {
        FAILED(1),
        USAGE(2),
        DIFFERS(3),
        GATE(4),
        CONFLICT(5),
        INTEGRITY(6),
        REMOTE(7);

        private final int exitCode;

        Kind(int exitCode) {
            this.exitCode = exitCode;
        }

        public int exitCode() {
            return exitCode;
        }
    }

    private final Kind kind;
    private final @Nullable String hint;

    public MgitException(Kind kind, String message) {
        this(kind, message, null, null);
    }

    public MgitException(Kind kind, String message, @Nullable String hint) {
        this(kind, message, hint, null);
    }

    public MgitException(Kind kind, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.hint = hint;
    }

    public static MgitException failed(String message) {
        return new MgitException(Kind.FAILED, message);
    }

    public static MgitException usage(String message) {
        return new MgitException(Kind.USAGE, message);
    }

    public static MgitException integrity(String message) {
        return new MgitException(Kind.INTEGRITY, message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    public Kind kind() {
        return kind;
    }

    /** What the user can do about it, without a full stop at the end, or null. */
    public @Nullable String hint() {
        return hint;
    }
}
