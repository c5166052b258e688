package dev.mgit.delta.planner;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which names speak of the same part of a model: they share layer numbers and words. */
final class NameAffinity {
    private static final Pattern SEPARATOR = Pattern.compile("[._/:]+");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private NameAffinity() {}

    /** The tensors most likely to be relatives, best first. */
    static List<SourceTensor> nearest(String name, List<SourceTensor> tensors, int limit) {
        Set<String> words = words(name);
        record Scored(SourceTensor tensor, int score) {}
        return tensors.stream()
                .map(tensor ->
                        new Scored(tensor, score(words, words(tensor.spec().name()))))
                .sorted(Comparator.comparingInt((Scored s) -> -s.score())
                        .thenComparingInt(s -> s.tensor().rank()))
                .limit(limit)
                .map(Scored::tensor)
                .toList();
    }

    private static Set<String> words(String name) {
        return new HashSet<>(List.of(SEPARATOR.split(name)));
    }

    /** A shared number, which is a layer's, counts more than a word; a number only one side has counts against. */
    private static int score(Set<String> a, Set<String> b) {
        int score = 0;
        for (String word : a) {
            boolean number = NUMBER.matcher(word).matches();
            if (b.contains(word)) {
                score += number ? 4 : 1;
            } else if (number) {
                score -= 2;
            }
        }
        return score;
    }
}
