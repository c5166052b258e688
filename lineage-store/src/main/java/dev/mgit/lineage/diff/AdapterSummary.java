package dev.mgit.lineage.diff;

import dev.mgit.lineage.tensors.AdapterFactors;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.LayerNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One side is a low-rank adapter and the other a model: what the adapter adapts, instead of all that the model has and it
 * has not.
 *
 * @param base the weights of the model that the adapter replaces, for it saves them whole
 * @param adapter all weights of the adapter
 * @param sentence what to say of the two
 */
public record AdapterSummary(
        List<CheckpointTensor> base, List<CheckpointTensor> adapter, boolean reversed, String sentence) {
    /** Layers that are there and of the shape that the factors have; where fewer are, it is of another model. */
    private static final double MOST = 0.8;

    /** More modules or saved layers than this are counted. */
    private static final int NAMED = 4;

    /** Empty unless exactly one side is an adapter. */
    public static Optional<AdapterSummary> of(List<CheckpointTensor> a, List<CheckpointTensor> b) {
        boolean first = isAdapter(a);
        return first == isAdapter(b) ? Optional.empty() : Optional.of(first ? of(b, a, true) : of(a, b, false));
    }

    private static boolean isAdapter(List<CheckpointTensor> weights) {
        return AdapterFactors.makeUp(
                weights.stream().map(CheckpointTensor::name).toList());
    }

    private static AdapterSummary of(List<CheckpointTensor> base, List<CheckpointTensor> adapter, boolean reversed) {
        Map<String, CheckpointTensor> named = new LinkedHashMap<>();
        adapter.forEach(weight -> named.put(weight.name(), weight));
        Map<AdapterFactors, List<CheckpointTensor>> pairs = AdapterFactors.pairs(named);
        List<CheckpointTensor> saved = adapter.stream()
                .filter(weight -> AdapterFactors.of(weight.name()).isEmpty() && weight.isMatrix())
                .toList();
        List<CheckpointTensor> replaced = base.stream()
                .filter(weight -> adapter.stream().anyMatch(one -> isNamed(one, weight)))
                .toList();
        return new AdapterSummary(replaced, adapter, reversed, sentence(base, pairs, saved, reversed));
    }

    private static boolean isNamed(CheckpointTensor saved, CheckpointTensor weight) {
        String name = AdapterFactors.savedName(saved.name());
        return weight.name().equals(name) || weight.name().endsWith("." + name) || name.endsWith("." + weight.name());
    }

    private static String sentence(
            List<CheckpointTensor> base,
            Map<AdapterFactors, List<CheckpointTensor>> pairs,
            List<CheckpointTensor> saved,
            boolean reversed) {
        long fitting = pairs.entrySet().stream()
                .filter(pair -> base.stream()
                        .anyMatch(weight -> pair.getKey().adapts(weight.name()) && fits(pair.getValue(), weight)))
                .count();
        boolean fits = !pairs.isEmpty() && fitting >= MOST * pairs.size();
        String which = reversed ? "the first is an adapter" : "the second is an adapter";
        String what = fits ? which + (reversed ? " of the second" : " of the first") : which + " of another model";
        StringBuilder said = new StringBuilder(what);
        if (!pairs.isEmpty()) {
            List<String> modules = AdapterFactors.modules(pairs.keySet());
            said.append(": ").append(ranks(pairs)).append(" on ");
            said.append(modules.size() > NAMED ? NumberText.count(modules.size(), "module") : NumberText.list(modules));
            said.append(" in ").append(NumberText.count(pairs.size(), "layer"));
        }
        if (!saved.isEmpty()) {
            List<String> layers = saved.stream()
                    .map(weight -> LayerNames.layer(AdapterFactors.savedName(weight.name())))
                    .distinct()
                    .toList();
            said.append("; ");
            said.append(layers.size() > NAMED ? NumberText.count(layers.size(), "layer") : NumberText.list(layers));
            said.append(" saved whole");
        }
        return said.toString();
    }

    private static String ranks(Map<AdapterFactors, List<CheckpointTensor>> pairs) {
        return "rank "
                + pairs.values().stream()
                        .map(AdapterSummary::rank)
                        .distinct()
                        .sorted()
                        .map(String::valueOf)
                        .collect(Collectors.joining(", "));
    }

    /** B is [out, rank], of convolutions with 1s behind it. */
    private static long rank(List<CheckpointTensor> pair) {
        List<Long> shape = pair.get(1).shape();
        return shape.size() < 2 ? 1 : shape.get(1);
    }

    private static boolean fits(List<CheckpointTensor> pair, CheckpointTensor weight) {
        long rank = rank(pair);
        return rank > 0
                && pair.get(0).elements() / rank * (pair.get(1).elements() / rank) == weight.elements()
                && weight.shape().contains(pair.get(1).shape().get(0));
    }
}
