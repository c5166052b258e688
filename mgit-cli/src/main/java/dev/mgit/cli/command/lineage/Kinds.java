package dev.mgit.cli.command.lineage;

import dev.mgit.lineage.version.EdgeKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Kinds of provenance edges as options take them: several in one word, with commas, and the option several times. */
public final class Kinds {
    private Kinds() {}

    /** @throws dev.mgit.delta.MgitException of kind USAGE, naming the known kinds, if one is unknown */
    public static Set<EdgeKind> parse(List<String> words) {
        Set<EdgeKind> kinds = EnumSet.noneOf(EdgeKind.class);
        words.stream()
                .flatMap(word -> Arrays.stream(word.split(",", -1)))
                .map(String::strip)
                .forEach(word -> kinds.add(EdgeKind.parse(word)));
        return kinds;
    }
}
