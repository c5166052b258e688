package dev.mgit.serve.web;

import dev.mgit.lineage.graph.LineageGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Looks for words in the messages of the latest versions; what it reads and what it finds are bounded. */
final class MessageSearch {
    /** Versions looked at in one search: some 100 ms. */
    static final int MOST_READ = 100_000;

    private MessageSearch() {}

    /**
     * Versions whose message holds all words of a text, in either case, children before parents.
     *
     * @param most versions to find
     */
    static List<Integer> find(LineageGraph graph, String text, int most) {
        List<String> words = Stream.of(text.toLowerCase(Locale.ROOT).split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
        List<Integer> found = new ArrayList<>();
        int last = Math.max(0, graph.size() - MOST_READ);
        for (int node = graph.size() - 1; node >= last && found.size() < most && !words.isEmpty(); node--) {
            String message = graph.message(node).toLowerCase(Locale.ROOT);
            if (words.stream().allMatch(message::contains)) {
                found.add(node);
            }
        }
        return found;
    }
}
