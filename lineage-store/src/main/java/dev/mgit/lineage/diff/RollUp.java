package dev.mgit.lineage.diff;

import dev.mgit.lineage.diff.match.Unit;
import dev.mgit.lineage.diff.match.UnitMatch;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.tensors.LayerNames;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Adds tensors up to layers and blocks. */
public final class RollUp {
    private final List<TensorChange> tensors;
    private final Map<String, UnitMatch> byNameA = new HashMap<>();
    private final Map<String, UnitMatch> byNameB = new HashMap<>();

    public RollUp(List<TensorChange> tensors, List<UnitMatch> units) {
        this.tensors = tensors;
        for (UnitMatch unit : units) {
            unit.a().ifPresent(a -> byNameA.put(a.name(), unit));
            unit.b().ifPresent(b -> byNameB.put(b.name(), unit));
        }
    }

    public List<LayerChange> layers() {
        Map<String, List<TensorChange>> byLayer = new LinkedHashMap<>();
        for (TensorChange tensor : tensors) {
            byLayer.computeIfAbsent(LayerNames.layer(tensor.name()), name -> new ArrayList<>())
                    .add(tensor);
        }
        List<LayerChange> layers = new ArrayList<>();
        byLayer.forEach((name, parts) -> {
            Optional<String> before = parts.stream()
                    .flatMap(tensor -> tensor.nameA().stream())
                    .map(LayerNames::layer)
                    .findFirst();
            boolean present = parts.stream().anyMatch(tensor -> tensor.nameB().isPresent());
            layers.add(change(before, present ? Optional.of(name) : Optional.empty(), unit(parts.get(0)), parts));
        });
        return layers;
    }

    public List<LayerChange> blocks() {
        Map<UnitMatch, List<TensorChange>> byUnit = new LinkedHashMap<>();
        for (TensorChange tensor : tensors) {
            unit(tensor)
                    .ifPresent(unit -> byUnit.computeIfAbsent(unit, found -> new ArrayList<>())
                            .add(tensor));
        }
        List<LayerChange> blocks = new ArrayList<>();
        byUnit.forEach((unit, parts) -> blocks.add(change(
                unit.a().map(Unit::name).or(() -> former(parts)), unit.b().map(Unit::name), Optional.of(unit), parts)));
        return blocks;
    }

    /** The unit that has all parts on the other side, under another name and as its own kind of layer. */
    private static Optional<String> former(List<TensorChange> parts) {
        boolean all = parts.stream().allMatch(tensor -> tensor.nameA().isPresent());
        return parts.stream()
                .flatMap(tensor -> tensor.nameA().stream())
                .filter(name -> all)
                .map(LayerNames::unit)
                .findFirst();
    }

    private Optional<UnitMatch> unit(TensorChange tensor) {
        return tensor.nameB().isPresent()
                ? Optional.ofNullable(byNameB.get(LayerNames.unit(tensor.nameB().get())))
                : Optional.ofNullable(byNameA.get(LayerNames.unit(tensor.nameA().orElseThrow())));
    }

    private static LayerChange change(
            Optional<String> a, Optional<String> b, Optional<UnitMatch> unit, List<TensorChange> parts) {
        List<TensorChange> own =
                parts.stream().filter(tensor -> !tensor.companion()).toList();
        List<TensorChange> counted = own.isEmpty() ? parts : own;
        List<TensorChange> unlike =
                counted.stream().filter(tensor -> !tensor.isSame()).toList();
        boolean unreadable = !unlike.isEmpty() && unlike.stream().allMatch(TensorChange::isUnreadable);
        Optional<TensorStatistics> sum =
                counted.stream().flatMap(tensor -> tensor.statistics().stream()).reduce(TensorStatistics::plus);
        LayerChange.Kind kind = unreadable ? LayerChange.Kind.UNREADABLE : kind(a, b, unit, unlike.size());
        return new LayerChange(kind, a, b, counted.size(), unlike.size(), sum);
    }

    private static LayerChange.Kind kind(
            Optional<String> a, Optional<String> b, Optional<UnitMatch> unit, int differing) {
        if ((a.isEmpty() || b.isEmpty()) && differing == 0) {
            return LayerChange.Kind.SAME; // the name of a tied tensor came or went
        }
        if (a.isEmpty()) {
            return LayerChange.Kind.INSERTED;
        }
        if (b.isEmpty()) {
            return LayerChange.Kind.DROPPED;
        }
        return switch (unit.map(UnitMatch::kind).orElse(UnitMatch.Kind.KEPT)) {
            case MOVED -> LayerChange.Kind.MOVED;
            case REPLACED -> LayerChange.Kind.REPLACED;
            default -> differing == 0 ? LayerChange.Kind.SAME : LayerChange.Kind.CHANGED;
        };
    }
}
