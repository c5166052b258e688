package dev.mgit.lineage.detect;

import dev.mgit.lineage.tensors.AdapterFactors;
import dev.mgit.lineage.tensors.AdapterParameter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** How an adapter fits a model, and whether another model is the two merged. */
final class AdapterShapes {
    /** Share of the layers that must be there: a head that is adapted may have been replaced. */
    private static final double MOST = 0.8;

    /** A product of factors that correlates less with what changed was not added. */
    private static final double LEAST_AGREEMENT = 0.2;

    /** A layer's tensor, and what its name says. */
    private record Part(AdapterParameter parameter, TensorSketch tensor) {}

    private final ModelSketch adapter;
    private final Map<AdapterFactors, List<TensorSketch>> pairs;
    private final Map<String, List<Part>> layers = new LinkedHashMap<>();
    private final List<TensorSketch> prompts = new ArrayList<>();
    private final Set<String> titles = new LinkedHashSet<>();

    AdapterShapes(ModelSketch adapter) {
        this.adapter = adapter;
        Map<String, TensorSketch> tensors = new LinkedHashMap<>();
        adapter.tensors().stream()
                .filter(tensor -> !tensor.part())
                .forEach(tensor -> tensors.put(tensor.name(), tensor));
        this.pairs = AdapterFactors.pairs(tensors);
        tensors.forEach(
                (name, tensor) -> AdapterParameter.of(name).ifPresent(parameter -> add(new Part(parameter, tensor))));
    }

    private void add(Part part) {
        titles.add(part.parameter().title());
        if (part.parameter().isPrompt()) {
            prompts.add(part.tensor());
        } else if (!part.parameter().target().isEmpty()) {
            layers.computeIfAbsent(part.parameter().target(), target -> new ArrayList<>())
                    .add(part);
        }
    }

    /** Whether it adds a product of factors to weights, and does nothing else. */
    private boolean isLowRank() {
        return pairs.size() == layers.size()
                && layers.values().stream()
                        .flatMap(List::stream)
                        .noneMatch(part -> part.parameter().isVector());
    }

    /** What it does to weights, for people. */
    String words() {
        boolean scaled = layers.values().stream()
                .flatMap(List::stream)
                .anyMatch(part -> part.parameter().parameter().startsWith("lora_magnitude_vector"));
        return isLowRank() || scaled && !pairs.isEmpty()
                ? "of rank " + rank() + " at most" + (scaled ? ", by DoRA" : "")
                : "by " + String.join(", ", titles);
    }

    /** What {@link #fitting} layers mean, for people. */
    String fittingWords(int fitting) {
        String what = pairs.isEmpty() ? "its " + String.join(", ", titles) : "factors";
        return layers.isEmpty()
                ? what + " is as wide as its weights"
                : what + (pairs.isEmpty() ? " fits " : " fit ") + "the shapes of " + fitting + " of its weights";
    }

    /** The largest rank of the factors. */
    private long rank() {
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

    /** Layers of a base that it fits by name and shape, in either layout; 0 if one contradicts. */
    int fitting(ModelSketch base) {
        int fitting = 0;
        for (List<Part> layer : layers.values()) {
            List<TensorSketch> targets = base.tensors().stream()
                    .filter(tensor -> !tensor.part() && layer.get(0).parameter().adapts(tensor.name()))
                    .toList();
            if (!targets.isEmpty() && targets.stream().noneMatch(target -> fits(layer, target))) {
                return 0;
            }
            fitting += targets.isEmpty() ? 0 : 1;
        }
        if (layers.isEmpty()) {
            return (int)
                    prompts.stream().filter(prompt -> isPromptOf(prompt, base)).count();
        }
        return fitting >= MOST * layers.size() ? fitting : 0;
    }

    /** As wide as the model, or as the keys and values of all its layers. */
    private static boolean isPromptOf(TensorSketch prompt, ModelSketch base) {
        return base.tensors().stream()
                .anyMatch(tensor ->
                        tensor.isWeight() && prompt.columns() % Math.min(tensor.rows(), tensor.columns()) == 0);
    }

    private boolean fits(List<Part> layer, TensorSketch target) {
        for (Part part : layer) {
            long elements = part.tensor().elements();
            boolean vector = part.parameter().isVector();
            if (vector && elements != target.rows() && elements != target.columns()
                    || part.parameter().isWhole() && elements != target.elements()) {
                return false;
            }
        }
        String name = layer.get(0).parameter().target();
        return pairs.entrySet().stream()
                .filter(pair -> pair.getKey().target().equals(name))
                .allMatch(pair -> fits(pair.getValue().get(0), pair.getValue().get(1), target));
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
     * How well a model is explained as a base with this adapter merged into it: what changed is what is adapted or was
     * saved whole, of no higher rank as far as samples can tell, and correlates with what the adapter adds. Empty if it is
     * not; 0 if only the layers can be compared.
     */
    OptionalDouble explains(SketchComparison merged) {
        Set<String> saved = new HashSet<>();
        adapter.tensors().stream()
                .filter(tensor -> AdapterParameter.of(tensor.name()).isEmpty())
                .forEach(tensor -> saved.add(AdapterParameter.savedName(tensor.name())));
        List<TensorPair> adapted = new ArrayList<>();
        Set<String> changed = new HashSet<>();
        for (TensorPair pair : merged.pairs()) {
            String name = pair.a().name();
            boolean equal = pair.equal() == pair.count() || pair.roundedInB() == pair.count();
            if (pair.a().part() || pair.b().part() || equal || saved.stream().anyMatch(name::endsWith)) {
                continue;
            }
            List<String> targets = layers.entrySet().stream()
                    .filter(layer -> layer.getValue().get(0).parameter().adapts(name))
                    .map(Map.Entry::getKey)
                    .toList();
            if (!targets.isEmpty()) {
                changed.addAll(targets);
                adapted.add(pair);
            } else if (pair.b().isWeight() && pair.related()) {
                return OptionalDouble.empty();
            }
        }
        if (changed.isEmpty() || changed.size() < MOST * layers.size()) {
            return OptionalDouble.empty();
        }
        return agreement(adapted);
    }

    private OptionalDouble agreement(List<TensorPair> adapted) {
        List<TensorPair> exact = adapted.stream()
                .filter(pair -> pair.a().dtype() == pair.b().dtype() // rounding hides the rank
                        && pair.a().depth() == 1)
                .toList();
        var straight = new FactorAgreement();
        var turned = new FactorAgreement();
        for (Map.Entry<String, List<Part>> layer : layers.entrySet()) {
            Map<String, TensorSketch> tensors = new LinkedHashMap<>();
            layer.getValue().forEach(part -> tensors.put(part.tensor().name(), part.tensor()));
            var update = new LayerUpdate(tensors);
            AdapterParameter any = layer.getValue().get(0).parameter();
            exact.stream().filter(pair -> any.adapts(pair.a().name())).forEach(pair -> {
                update.addTo(straight, pair, false);
                update.addTo(turned, pair, true);
            });
        }
        double value = Math.max(straight.value(), turned.value());
        boolean strange = (straight.isSure() || turned.isSure()) && value < LEAST_AGREEMENT;
        boolean higher = isLowRank() && LowRankTest.least(exact) > rank();
        return higher || strange ? OptionalDouble.empty() : OptionalDouble.of(value);
    }
}
