package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import org.jspecify.annotations.Nullable;

/** The parameter store cannot be read or written. Whatever comes next meets the same, so that work on many models ends. */
public final class StoreException extends MgitException {
    StoreException(Kind kind, String message, String hint) {
        super(kind, message, hint);
    }

    StoreException(Kind kind, String message, @Nullable String hint, Throwable cause) {
        super(kind, message, hint, cause);
    }
}
