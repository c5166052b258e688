package dev.mgit.lineage.completeness;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is missing, in sentences; a file that two others name is told once. */
final class MissingParts {
    private static final int SHOWN = 5;

    private final CheckpointContents contents;
    private final Set<String> told = new HashSet<>();
    private final List<String> sentences = new ArrayList<>();

    MissingParts(CheckpointContents contents) {
        this.contents = contents;
    }

    void say(String sentence) {
        sentences.add(sentence);
    }

    /**
     * Tells which of the files that something names are not there.
     *
     * @param who what names them, with its verb: {@code model.onnx names}
     */
    void missing(String who, Collection<String> paths) {
        List<String> absent = new ArrayList<>();
        List<String> ignored = new ArrayList<>();
        for (String path : new LinkedHashSet<>(paths)) {
            if (!contents.has(path) && !contents.hasFolder(path) && told.add(path)) {
                (contents.ignores(path) ? ignored : absent).add(path);
            }
        }
        if (!absent.isEmpty()) {
            say(who + " " + list(absent) + ", which " + (absent.size() == 1 ? "is" : "are") + " not there");
        }
        if (!ignored.isEmpty()) {
            say(who + " " + list(ignored) + ", ignored by ignore rules");
        }
    }

    /** A few of many, and how many more. */
    static String list(List<String> names) {
        String some = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.size() <= SHOWN ? some : some + " and " + (names.size() - SHOWN) + " more";
    }

    List<String> sentences() {
        return List.copyOf(sentences);
    }
}
