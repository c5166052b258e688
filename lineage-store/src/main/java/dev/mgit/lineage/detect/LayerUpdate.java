package dev.mgit.lineage.detect;

import dev.mgit.lineage.tensors.AdapterFactors;
import dev.mgit.lineage.tensors.AdapterParameter;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an adapter adds to a weight, up to one factor, computed at the places where the weight is sampled: B·A of LoRA, the
 * same with rows of the sum scaled anew of DoRA, the product of two products of LoHa, the weight by a vector of IA³.
 */
final class LayerUpdate {
    /** Gives the sample that is added to an output by an input, both by number of their samples. */
    @FunctionalInterface
    private interface Samples {
        double at(int out, int in);
    }

    /** Samples along outputs and inputs that are known; the rest was not sampled. */
    private record Grid(int outs, int ins, Samples samples) {}

    private final Map<String, TensorSketch> byParameter = new LinkedHashMap<>();
    private final Optional<List<TensorSketch>> factors;

    /** @param layer all tensors of one layer by their names */
    LayerUpdate(Map<String, TensorSketch> layer) {
        layer.forEach((name, tensor) ->
                AdapterParameter.of(name).ifPresent(parameter -> byParameter.put(parameter.parameter(), tensor)));
        this.factors = AdapterFactors.pairs(layer).values().stream().findFirst();
    }

    /** Whether each output is scaled after the update. */
    boolean isRescaled() {
        return byParameter.keySet().stream().anyMatch(parameter -> parameter.startsWith("lora_magnitude_vector"));
    }

    private static List<String> names(int factor) {
        return List.of("hada_w" + factor + "_a", "hada_w" + factor + "_b");
    }

    private Optional<TensorSketch> vector() {
        return byParameter.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("ia3_l"))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * Adds this layer to what is known of the agreement.
     *
     * @param pair the weight before and after
     * @param turned whether weights are [in, out], as GPT-2 keeps them
     */
    void addTo(FactorAgreement agreement, TensorPair pair, boolean turned) {
        if (pair.isRearranged()) {
            return;
        }
        long outs = turned ? pair.a().columns() : pair.a().rows();
        long ins = turned ? pair.a().rows() : pair.a().columns();
        grid(pair, outs, ins, turned).ifPresent(grid -> {
            int rows = Math.min(pair.a().sampleRows(), pair.b().sampleRows());
            int columns = Math.min(pair.a().sampleColumns(), pair.b().sampleColumns());
            int allOuts = Math.min(grid.outs(), turned ? columns : rows);
            int allIns = Math.min(grid.ins(), turned ? rows : columns);
            for (int out = 0; out < allOuts; out++) {
                double[] before = new double[allIns];
                double[] after = new double[allIns];
                double[] update = new double[allIns];
                for (int in = 0; in < allIns; in++) {
                    before[in] = turned ? pair.a().value(in, out) : pair.a().value(out, in);
                    after[in] = turned ? pair.b().value(in, out) : pair.b().value(out, in);
                    update[in] = grid.samples().at(out, in);
                }
                agreement.add(before, after, update, isRescaled());
            }
        });
    }

    private Optional<Grid> grid(TensorPair pair, long outs, long ins, boolean turned) {
        if (factors.isPresent()) {
            return product(factors.get().get(1), factors.get().get(0), outs, ins);
        }
        List<String> one = names(1);
        List<String> two = names(2);
        if (byParameter.keySet().containsAll(one) && byParameter.keySet().containsAll(two)) {
            return product(of(one.get(0)), of(one.get(1)), outs, ins)
                    .flatMap(first -> product(of(two.get(0)), of(two.get(1)), outs, ins)
                            .map(second -> new Grid(
                                    Math.min(first.outs(), second.outs()),
                                    Math.min(first.ins(), second.ins()),
                                    (out, in) -> first.samples().at(out, in)
                                            * second.samples().at(out, in))));
        }
        return vector().flatMap(vector -> scaled(vector, pair.a(), outs, ins, turned));
    }

    private TensorSketch of(String parameter) {
        TensorSketch tensor = byParameter.get(parameter);
        if (tensor == null) {
            throw new IllegalArgumentException("no " + parameter);
        }
        return tensor;
    }

    /** B [out, rank] · A [rank, in]. The inner dimension is sampled too: of a high rank a part of the sum is known. */
    private static Optional<Grid> product(TensorSketch b, TensorSketch a, long outs, long ins) {
        if (a.rows() != b.columns() || b.rows() != outs || a.columns() != ins) {
            return Optional.empty();
        }
        int inner = Math.min(a.sampleRows(), b.sampleColumns());
        long[] positions = SamplePositions.of(a.rows(), inner);
        Set<Long> seen = new HashSet<>();
        boolean[] counts = new boolean[inner];
        for (int k = 0; k < inner; k++) {
            counts[k] = seen.add(positions[k]);
        }
        return Optional.of(new Grid(b.sampleRows(), a.sampleColumns(), (out, in) -> {
            double sum = 0;
            for (int k = 0; k < inner; k++) {
                sum += counts[k] ? (double) b.value(out, k) * a.value(k, in) : 0;
            }
            return sum;
        }));
    }

    /** Of a square weight nobody knows here which side the vector scales. */
    private static Optional<Grid> scaled(
            TensorSketch vector, TensorSketch weight, long outs, long ins, boolean turned) {
        long length = vector.elements();
        int known = vector.sampleRows();
        if (length != outs && length != ins || outs == ins || vector.sampleColumns() != 1) {
            return Optional.empty();
        }
        boolean byOutput = length == outs;
        int all = Integer.MAX_VALUE;
        return Optional.of(new Grid(byOutput ? known : all, byOutput ? all : known, (out, in) -> {
            double before = turned ? weight.value(in, out) : weight.value(out, in);
            return before * (vector.value(byOutput ? out : in, 0) - 1);
        }));
    }
}
