package dev.mgit.lineage.detect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensors of two models stand for each other: those of one name if their values agree, then those of one digest,
 * then, among tensors of one shape in either orientation, those whose values agree best.
 */
final class TensorPairing {
    /** Bounds the last step, where models have thousands of tensors of one shape under new names. */
    private static final int MAX_TRIALS = 20_000;

    private final List<TensorPair> pairs = new ArrayList<>();
    private final Map<String, TensorSketch> unpairedA = new LinkedHashMap<>();
    private final Map<String, TensorSketch> unpairedB = new LinkedHashMap<>();

    private TensorPairing() {}

    /** Pairs in the order of b, each tensor in at most one; of weights those that agree, of others those of one name. */
    static List<TensorPair> of(ModelSketch a, ModelSketch b) {
        var pairing = new TensorPairing();
        a.tensors().forEach(tensor -> pairing.unpairedA.put(tensor.name(), tensor));
        b.tensors().forEach(tensor -> pairing.unpairedB.put(tensor.name(), tensor));
        pairing.byName();
        pairing.byDigest();
        pairing.byValues();
        return pairing.pairs;
    }

    private void take(TensorPair pair) {
        pairs.add(pair);
        unpairedA.remove(pair.a().name());
        unpairedB.remove(pair.b().name());
    }

    private void byName() {
        for (TensorSketch b : List.copyOf(unpairedB.values())) {
            TensorSketch a = unpairedA.get(b.name());
            if (a != null && TensorPair.comparable(a, b)) {
                if (!b.isWeight() || SampleCorrelation.of(a, b) >= TensorPair.RELATED) {
                    take(TensorPair.of(a, b));
                }
            }
        }
    }

    private void byDigest() {
        Map<Long, TensorSketch> digests = new HashMap<>();
        unpairedA.values().stream()
                .filter(TensorSketch::isWeight)
                .forEach(tensor -> digests.putIfAbsent(tensor.digest(), tensor));
        for (TensorSketch b : List.copyOf(unpairedB.values())) {
            TensorSketch a = b.isWeight() ? digests.remove(b.digest()) : null;
            if (a != null && TensorPair.comparable(a, b)) {
                take(TensorPair.of(a, b));
            }
        }
    }

    private record Shape(long shorter, long longer, long depth) {
        static Shape of(TensorSketch tensor) {
            return new Shape(
                    Math.min(tensor.rows(), tensor.columns()),
                    Math.max(tensor.rows(), tensor.columns()),
                    tensor.depth());
        }
    }

    private void byValues() {
        Map<Shape, List<TensorSketch>> shapes = new HashMap<>();
        unpairedA.values().stream()
                .filter(TensorSketch::isWeight)
                .forEach(tensor -> shapes.computeIfAbsent(Shape.of(tensor), shape -> new ArrayList<>())
                        .add(tensor));
        int trials = 0;
        for (TensorSketch b : List.copyOf(unpairedB.values())) {
            List<TensorSketch> like = b.isWeight() ? shapes.getOrDefault(Shape.of(b), List.of()) : List.of();
            int best = -1;
            double closest = TensorPair.RELATED;
            for (int i = 0; i < like.size() && trials < MAX_TRIALS; i++, trials++) {
                double correlation = SampleCorrelation.of(like.get(i), b);
                if (best < 0 ? correlation >= closest : correlation > closest) {
                    best = i;
                    closest = correlation;
                }
            }
            if (best >= 0) {
                take(TensorPair.of(like.remove(best), b));
            }
        }
    }
}
