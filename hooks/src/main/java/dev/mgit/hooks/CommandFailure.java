package dev.mgit.hooks;

import dev.mgit.delta.MgitException;
import org.jspecify.annotations.Nullable;

/** A command ended badly: one sentence, and below it, line by line, what the command said last. */
public final class CommandFailure extends MgitException {
    public CommandFailure(Kind kind, String sentence, String lastWords, @Nullable String hint) {
        super(kind, lastWords.isBlank() ? sentence : sentence + "\n" + lastWords.strip(), hint);
    }
}
