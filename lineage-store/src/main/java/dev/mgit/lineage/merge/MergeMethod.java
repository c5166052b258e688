package dev.mgit.lineage.merge;

import dev.mgit.delta.MgitException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Ways to make one tensor of two. What they compute and their defaults are mergekit's. */
public enum MergeMethod {
    OURS(false),
    THEIRS(false),
    /** Linear with equal weights. */
    AVERAGE(false),
    /** Weighted mean (model soups, arXiv 2203.05482). */
    LINEAR(false),
    /** Along the arc between both; a straight line where they are nearly parallel. */
    SLERP(false),
    /** The base and the weighted differences of both to it (arXiv 2212.04089). */
    TASK_ARITHMETIC(true),
    /** Task arithmetic over the largest differences that agree in sign (arXiv 2306.01708). */
    TIES(true),
    /** Task arithmetic over differences drawn at random and scaled up (arXiv 2311.03099). */
    DARE(true),
    /** DARE over differences that agree in sign. */
    DARE_TIES(true);

    private final boolean needsBase;

    MergeMethod(boolean needsBase) {
        this.needsBase = needsBase;
    }

    /** True if the method computes with differences to the common ancestor. */
    public boolean needsBase() {
        return needsBase;
    }

    /** True if the result is one of the sides as it is. */
    public boolean picks() {
        return this == OURS || this == THEIRS;
    }

    boolean dropsAtRandom() {
        return this == DARE || this == DARE_TIES;
    }

    boolean agreesOnSign() {
        return this == TIES || this == DARE_TIES;
    }

    /** The method as it is typed: {@code task-arithmetic}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws MgitException of kind USAGE, naming the known methods, if there is no such method */
    public static MergeMethod parse(String word) {
        for (MergeMethod method : values()) {
            if (method.word().equals(word)) {
                return method;
            }
        }
        throw unknown(word);
    }

    static MgitException unknown(String word) {
        return new MgitException(
                MgitException.Kind.USAGE, "unknown strategy '" + word + "'", "use one of " + words(", "));
    }

    static String words(String between) {
        return Arrays.stream(values()).map(MergeMethod::word).collect(Collectors.joining(between));
    }
}
