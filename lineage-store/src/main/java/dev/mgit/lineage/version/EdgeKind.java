package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How one model was derived from another. */
public enum EdgeKind {
    FINETUNE(1, "finetune"),
    /** More training on the data and the objective of pretraining. */
    CONTINUE_PRETRAIN(2, "continue-pretrain"),
    /** Trained on what another model answers: the teacher's weights say nothing of the student's. */
    DISTILL(3, "distill"),
    PRUNE(4, "prune"),
    QUANTIZE(5, "quantize"),
    CAST(6, "cast"),
    CONVERT(7, "convert"),
    ADAPTER(8, "adapter"),
    MERGE(9, "merge"),
    /** Architecture search: blocks of the parent kept, exchanged for others, or left out. */
    SEARCH(10, "search"),
    /** Reinforcement learning. */
    RL(11, "rl"),
    OTHER(12, "other"),
    /** The same weights, under another name. */
    COPY(13, "copy");

    private final int code;
    private final String word;

    EdgeKind(int code, String word) {
        this.code = code;
        this.word = word;
    }

    /** The kind's number in indexes, from 1; never reused. */
    public int code() {
        return code;
    }

    /** The kind as it is typed and stored: {@code continue-pretrain}. */
    public String word() {
        return word;
    }

    /** Whether the child's weights began as the parent's, wholly or in part: so with all kinds but distillation. */
    public boolean passesWeights() {
        return this != DISTILL;
    }

    /** @throws MgitException of kind USAGE, naming the known kinds, if there is no such kind */
    public static EdgeKind parse(String word) {
        for (EdgeKind kind : values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        String known = Arrays.stream(values()).map(EdgeKind::word).collect(Collectors.joining(", "));
        throw new MgitException(
                MgitException.Kind.USAGE, "unknown kind of derivation '" + word + "'", "use one of " + known);
    }
}
