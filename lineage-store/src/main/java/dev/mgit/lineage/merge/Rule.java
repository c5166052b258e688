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
public record Rule(Glob names, Strategy strategy, boolean everywhere) {
    private static final Pattern TEXT =
            Pattern.compile("(?:(.*)=)?((?:" + Method.words("|") + ")(?::.*)?)", Pattern.DOTALL);

    /**
     * Reads {@code [GLOB=]METHOD[:NUMBERS]}, for example {@code *.attention.*=slerp:t=0.3} or {@code average}.
     *
     * @throws dev.mgit.delta.MgitException of kind USAGE, naming what is wrong
     */
    public static Rule parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            String head = text.split(":", 2)[0];
            throw Method.unknown(head.substring(head.lastIndexOf('=') + 1));
        }
        return of(parts.group(1) == null ? Glob.ALL : new Glob(parts.group(1)), Strategy.parse(parts.group(2)));
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return names.pattern() + "=" + strategy;
    }

    /** A rule for all tensors with these names: one that picks a side is for conflicts, one that computes for all. */
    public static Rule of(Glob names, Strategy strategy) {
        return new Rule(names, strategy, !strategy.method().picks());
    }
}
