package dev.mgit.lineage.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The inverted index of models that are in memory only, by number. */
final class KeyTable {
    private final Map<Integer, List<Integer>> models = new HashMap<>();

    void add(int model, ModelSketch sketch) {
        for (int key : sketch.keys()) {
            models.computeIfAbsent(key, unused -> new ArrayList<>()).add(model);
        }
    }

    /** The models that share most keys with a sketch, most first. */
    List<Integer> search(ModelSketch sketch, int limit) {
        Map<Integer, Integer> votes = new HashMap<>();
        for (int key : sketch.keys()) {
            for (int model : models.getOrDefault(key, List.of())) {
                votes.merge(model, 1, Integer::sum);
            }
        }
        return NearestModels.of(votes, Comparator.<Integer>naturalOrder(), limit);
    }
}
