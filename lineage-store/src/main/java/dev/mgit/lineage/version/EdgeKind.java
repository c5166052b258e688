package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How one model was derived from another. */
public enum EdgeKind {
    FINETUNE,
    CONTINUE_PRETRAIN,
    DISTILL,
    PRUNE,
    QUANTIZE,
    CAST,
    CONVERT,
    ADAPTER,
    MERGE,
    /** Architecture search. */
    SEARCH,
    RL,
    OTHER;

    /** The kind as it is typed and stored: {@code continue-pretrain}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws MgitException of kind USAGE, naming the known kinds, if there is no such kind */
    public static EdgeKind parse(String word) {
        for (EdgeKind kind : values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        String known = Arrays.stream(values()).map(EdgeKind::word).collect(Collectors.joining(", "));
        throw new MgitException(
                MgitException.Kind.USAGE, "unknown kind of derivation '" + word + "'", "use one of " + known);
    }
}
