package dev.mgit.lineage.diff;

import dev.mgit.lineage.tensors.AdapterFactors;
import dev.mgit.lineage.tensors.AdapterParameter;
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
        return AdapterParameter.makeUp(
                weights.stream().map(CheckpointTensor::name).toList());
    }

    private static AdapterSummary of(List<CheckpointTensor> base, List<CheckpointTensor> adapter, boolean reversed) {
        Map<String, CheckpointTensor> named = new LinkedHashMap<>();
        adapter.forEach(weight -> named.put(weight.name(), weight));
        Map<AdapterFactors, List<CheckpointTensor>> pairs = AdapterFactors.pairs(named);
        List<CheckpointTensor> saved = adapter.stream()
                .filter(weight -> AdapterParameter.of(weight.name()).isEmpty() && weight.isMatrix())
                .toList();
        List<CheckpointTensor> replaced = base.stream()
                .filter(weight -> adapter.stream().anyMatch(one -> isNamed(one, weight)))
                .toList();
        return new AdapterSummary(replaced, adapter, reversed, sentence(base, adapter, pairs, saved, reversed));
    }

    private static boolean isNamed(CheckpointTensor saved, CheckpointTensor weight) {
        String name = AdapterParameter.savedName(saved.name());
        return weight.name().equals(name) || weight.name().endsWith("." + name) || name.endsWith("." + weight.name());
    }

    private static String sentence(
            List<CheckpointTensor> base,
            List<CheckpointTensor> adapter,
            Map<AdapterFactors, List<CheckpointTensor>> pairs,
            List<CheckpointTensor> saved,
            boolean reversed) {
        Map<CheckpointTensor, AdapterParameter> parameters = new LinkedHashMap<>();
        adapter.forEach(weight -> AdapterParameter.of(weight.name()).ifPresent(one -> parameters.put(weight, one)));
        List<String> targets = parameters.values().stream()
                .map(AdapterParameter::target)
                .filter(target -> !target.isEmpty())
                .distinct()
                .toList();
        String which = reversed ? "the first is an adapter" : "the second is an adapter";
        boolean fits = fits(base, parameters, pairs, targets);
        String what = fits ? which + (reversed ? " of the second" : " of the first") : which + " of another model";
        StringBuilder said = new StringBuilder(what).append(": ").append(method(parameters, pairs));
        if (!targets.isEmpty()) {
            List<String> modules = AdapterParameter.modules(targets);
            said.append(" on ");
            said.append(modules.size() > NAMED ? NumberText.count(modules.size(), "module") : NumberText.list(modules));
            said.append(" in ").append(NumberText.count(targets.size(), "layer"));
        }
        if (!saved.isEmpty()) {
            List<String> layers = saved.stream()
                    .map(weight -> LayerNames.layer(AdapterParameter.savedName(weight.name())))
                    .distinct()
                    .toList();
            said.append("; ");
            said.append(layers.size() > NAMED ? NumberText.count(layers.size(), "layer") : NumberText.list(layers));
            said.append(" saved whole");
        }
        return said.toString();
    }

    /** Whether most layers it adapts are there, in shapes that its parameters have; prompts only need some width. */
    private static boolean fits(
            List<CheckpointTensor> base,
            Map<CheckpointTensor, AdapterParameter> parameters,
            Map<AdapterFactors, List<CheckpointTensor>> pairs,
            List<String> targets) {
        if (targets.isEmpty()) {
            return parameters.keySet().stream()
                    .allMatch(prompt -> base.stream()
                            .anyMatch(weight -> weight.isMatrix() && isMultiple(prompt.shape(), weight.shape())));
        }
        Map<String, List<CheckpointTensor>> factors = new LinkedHashMap<>();
        pairs.forEach((factor, pair) -> factors.put(factor.target(), pair));
        long fitting = targets.stream()
                .filter(target -> base.stream()
                        .anyMatch(weight -> new AdapterFactors(target, true).adapts(weight.name())
                                && (!factors.containsKey(target) || fits(factors.get(target), weight))
                                && vectorsFit(target, parameters, weight)))
                .count();
        return fitting >= MOST * targets.size();
    }

    private static boolean isMultiple(List<Long> prompt, List<Long> weight) {
        long width = prompt.get(prompt.size() - 1);
        return weight.stream().anyMatch(length -> length > 1 && width % length == 0);
    }

    private static boolean vectorsFit(
            String target, Map<CheckpointTensor, AdapterParameter> parameters, CheckpointTensor weight) {
        return parameters.entrySet().stream()
                .filter(one -> one.getValue().target().equals(target))
                .allMatch(one -> (!one.getValue().isVector()
                                || weight.shape().contains(one.getKey().elements()))
                        && (!one.getValue().isWhole()
                                || weight.elements() == one.getKey().elements()));
    }

    /** {@code rank 8}, {@code DoRA of rank 8}, {@code IA³}. */
    private static String method(
            Map<CheckpointTensor, AdapterParameter> parameters, Map<AdapterFactors, List<CheckpointTensor>> pairs) {
        if (!pairs.isEmpty()) {
            boolean magnitudes = parameters.values().stream().anyMatch(AdapterParameter::isVector);
            return (magnitudes ? "DoRA of " : "") + ranks(pairs);
        }
        return parameters.values().stream()
                .map(AdapterParameter::title)
                .distinct()
                .collect(Collectors.joining(", "));
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
