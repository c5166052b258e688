package dev.mgit.lineage.detect;

import dev.mgit.lineage.tensors.AdapterFactors;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How a low-rank adapter (Hu et al., LoRA, 2021) fits a model, and whether another model is the two merged. */
final class AdapterShapes {
    /** Share of the layers that must be there: a head that is adapted may have been replaced. */
    private static final double MOST = 0.8;

    private final ModelSketch adapter;
    private final Map<AdapterFactors, List<TensorSketch>> pairs;

    AdapterShapes(ModelSketch adapter) {
        this.adapter = adapter;
        Map<String, TensorSketch> tensors = new LinkedHashMap<>();
        adapter.tensors().stream()
                .filter(tensor -> !tensor.part())
                .forEach(tensor -> tensors.put(tensor.name(), tensor));
        this.pairs = AdapterFactors.pairs(tensors);
    }

    /** The largest rank of the factors. */
    long rank() {
        return pairs.values().stream()
                .mapToLong(pair -> rank(pair.get(0), pair.get(1)))
                .max()
                .orElse(0);
    }

    /** The inner dimension of B·A: the one both have. B [out, rank] has it last, and A [rank, in] mostly first. */
    private static long rank(TensorSketch a, TensorSketch b) {
        boolean shared = b.columns() == a.rows() || b.columns() == a.columns() || b.columns() == a.depth();
        return shared ? b.columns() : b.rows();
    }

    /** Weights of a base that a pair of factors fits by name and shape, in either layout; 0 if one contradicts. */
    int fitting(ModelSketch base) {
        int fitting = 0;
        for (Map.Entry<AdapterFactors, List<TensorSketch>> pair : pairs.entrySet()) {
            List<TensorSketch> targets = targets(pair.getKey(), base);
            TensorSketch a = pair.getValue().get(0);
            TensorSketch b = pair.getValue().get(1);
            if (!targets.isEmpty() && targets.stream().noneMatch(target -> fits(a, b, target))) {
                return 0;
            }
            fitting += targets.isEmpty() ? 0 : 1;
        }
        return fitting >= MOST * pairs.size() ? fitting : 0;
    }

    private static List<TensorSketch> targets(AdapterFactors factors, ModelSketch base) {
        return base.tensors().stream()
                .filter(tensor -> tensor.isWeight() && !tensor.part() && factors.adapts(tensor.name()))
                .toList();
    }

    /** B·A has as many elements as the weight, and its outer dimensions; GPT-2 keeps its weights transposed. */
    private static boolean fits(TensorSketch a, TensorSketch b, TensorSketch target) {
        long rank = rank(a, b);
        if (rank == 0 || a.elements() % rank != 0 || b.elements() % rank != 0) {
            return false;
        }
        long in = a.elements() / rank;
        long out = b.elements() / rank;
        boolean outer = target.rows() == out || target.columns() == out;
        return outer && in * out == target.elements();
    }

    /**
     * Whether a model is a base with this adapter merged into it: what changed is what is adapted or was saved whole, and
     * of no higher rank, as far as samples can tell.
     */
    boolean explains(SketchComparison merged) {
        Set<String> saved = new HashSet<>();
        adapter.tensors().forEach(tensor -> saved.add(AdapterFactors.savedName(tensor.name())));
        List<TensorPair> adapted = new ArrayList<>();
        int changed = 0;
        for (TensorPair pair : merged.related()) {
            String name = pair.a().name();
            if (pair.a().part() || pair.b().part() || saved.stream().anyMatch(name::endsWith)) {
                continue;
            }
            boolean equal = pair.equal() == pair.count() || pair.roundedInB() == pair.count();
            if (pairs.keySet().stream().anyMatch(factors -> factors.adapts(name))) {
                if (pair.a().dtype() == pair.b().dtype()) {
                    adapted.add(pair); // rounding hides the rank
                }
                changed += equal ? 0 : 1;
            } else if (!equal) {
                return false;
            }
        }
        long rank = LowRankTest.least(adapted);
        return changed >= MOST * pairs.size() && changed > 0 && rank <= rank();
    }
}
