package dev.mgit.lineage.diff.match;

import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.LayerNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A repeated block of a model ({@code encoder.layer.3}), or a layer outside any. */
public record Unit(String name, List<CheckpointTensor> weights) {
    /** The units of a model in natural order of their names. */
    static List<Unit> of(List<CheckpointTensor> weights) {
        Map<String, List<CheckpointTensor>> byName = new LinkedHashMap<>();
        for (CheckpointTensor weight : weights) {
            byName.computeIfAbsent(LayerNames.unit(weight.name()), name -> new ArrayList<>())
                    .add(weight);
        }
        return byName.entrySet().stream()
                .map(entry -> new Unit(entry.getKey(), entry.getValue()))
                .sorted((a, b) -> LayerNames.NATURAL.compare(a.name(), b.name()))
                .toList();
    }

    String family() {
        return LayerNames.family(name);
    }

    boolean isBlock() {
        return LayerNames.isBlock(name);
    }

    /** A parameter's name within the unit. */
    String suffix(CheckpointTensor weight) {
        return weight.name().startsWith(name) ? weight.name().substring(name.length()) : weight.name();
    }

    /** What every unit of the same class has in common, whatever it is called: the shapes of its parameters. */
    List<String> shapes() {
        return weights.stream()
                .filter(weight -> !weight.companion())
                .map(weight -> weight.shape().toString())
                .sorted()
                .toList();
    }

    /** The same with the parameters' names: the structural signature of a layer. */
    List<String> structure() {
        return weights.stream()
                .filter(weight -> !weight.companion())
                .map(weight -> suffix(weight) + weight.shape())
                .sorted()
                .toList();
    }
}
