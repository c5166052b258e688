package dev.mgit.lineage.merge;

import dev.mgit.lineage.version.Glob;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which strategy to use for which tensors, or files.
 *
 * @param names tensor names, or paths of files kept verbatim
 * @param everywhere true to use it wherever the sides differ, as mergekit does; false for conflicts only, as Git does
 */
public record MergeRule(Glob names, MergeStrategy strategy, boolean everywhere) {
    private static final Pattern TEXT =
            Pattern.compile("(?:(.*)=)?((?:" + MergeMethod.words("|") + ")(?::.*)?)", Pattern.DOTALL);

    /**
     * Reads {@code [GLOB=]METHOD[:NUMBERS]}, for example {@code *.attention.*=slerp:t=0.3} or {@code average}.
     *
     * @throws dev.mgit.delta.MgitException of kind USAGE, naming what is wrong
     */
    public static MergeRule parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            String head = text.split(":", 2)[0];
            throw MergeMethod.unknown(head.substring(head.lastIndexOf('=') + 1));
        }
        return of(parts.group(1) == null ? Glob.ALL : new Glob(parts.group(1)), MergeStrategy.parse(parts.group(2)));
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return names.pattern() + "=" + strategy;
    }

    /** A rule for all tensors with these names: one that picks a side is for conflicts, one that computes for all. */
    public static MergeRule of(Glob names, MergeStrategy strategy) {
        return new MergeRule(names, strategy, !strategy.method().picks());
    }
}
