package dev.mgit.lineage.diff;

import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.tensors.LayerNames;
import dev.mgit.lineage.tensors.ParameterRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says what training changed: which parts of the model, how far, in how few elements or at how low a rank. */
final class UpdateSummary {
    /** Below this share of elements changed an update is sparse. */
    private static final double SPARSE = 0.5;

    /** Training that moves weights further than half their size makes another model of them. */
    private static final double DISTANT = 0.5;

    private final List<TensorChange> matched;
    private final List<TensorChange> moved;
    private final List<LayerChange> blocks;

    /** @param moved those of the matched tensors that training changed, one at least */
    UpdateSummary(List<TensorChange> matched, List<TensorChange> moved, List<LayerChange> blocks) {
        this.matched = matched;
        this.moved = moved;
        this.blocks = blocks;
    }

    /** @param what an update of usual size is called */
    String clause(String what) {
        List<String> said = new ArrayList<>(parts());
        frozenBlocks(said);
        TensorStatistics sum = DiffSummary.sum(moved);
        if (sum.changedShare() < SPARSE) {
            said.add("only " + NumberText.percent(sum.changedShare()) + " of the elements of changed tensors differ");
        }
        lowRank(said);
        boolean distant = sum.relativeL2() > DISTANT;
        return (distant
                        ? "far apart, as with a common ancestor (cosine " + NumberText.number(sum.cosine()) + "): "
                        : what)
                + String.join(", ", said);
    }

    /** What each part of the model did: embeddings, attention, head. */
    private List<String> parts() {
        Map<ParameterRole, List<TensorChange>> changed = byPart(moved);
        Map<ParameterRole, List<TensorChange>> everyone = byPart(matched);
        Map<String, List<String>> words = new LinkedHashMap<>();
        for (ParameterRole part : ParameterRole.values()) {
            List<TensorChange> all = everyone.getOrDefault(part, List.of());
            if (all.isEmpty()) {
                continue;
            }
            List<TensorChange> those = changed.getOrDefault(part, List.of());
            boolean same = all.stream().allMatch(TensorChange::isSame);
            if (same || !those.isEmpty()) {
                String verdict = same
                        ? "frozen"
                        : NumberText.magnitude(DiffSummary.sum(those).relativeL2());
                words.computeIfAbsent(verdict, word -> new ArrayList<>()).add(part.word());
            }
        }
        String size =
                " (relative L2 " + NumberText.percent(DiffSummary.sum(moved).relativeL2()) + ")";
        List<String> said = new ArrayList<>();
        words.forEach((verdict, parts) -> {
            boolean everything = words.size() == 1 && moved.size() == matched.size();
            said.add((everything ? "everything" : NumberText.list(parts)) + " " + verdict);
        });
        if (!said.isEmpty()) {
            said.set(said.size() - 1, said.get(said.size() - 1) + size);
        }
        return said;
    }

    private static Map<ParameterRole, List<TensorChange>> byPart(List<TensorChange> tensors) {
        return tensors.stream().collect(Collectors.groupingBy(tensor -> ParameterRole.of(tensor.name())));
    }

    private void frozenBlocks(List<String> said) {
        List<LayerChange> numbered = blocks.stream()
                .filter(block -> LayerNames.isBlock(block.name()))
                .toList();
        List<Integer> frozen = numbered.stream()
                .filter(block -> block.kind() == LayerChange.Kind.SAME)
                .map(StructureSummary::number)
                .toList();
        if (!frozen.isEmpty() && frozen.size() < numbered.size()) {
            said.add("blocks " + NumberText.ranges(frozen) + " frozen");
        }
    }

    private void lowRank(List<String> said) {
        List<TensorChange> ranked = moved.stream()
                .filter(tensor -> tensor.statistics().orElseThrow().rank().isPresent())
                .toList();
        List<TensorChange> low = ranked.stream()
                .filter(tensor ->
                        tensor.statistics().orElseThrow().rank().orElseThrow().isLow())
                .toList();
        if (low.isEmpty() || DiffSummary.elements(low) < DiffSummary.MOST * DiffSummary.elements(ranked)) {
            return;
        }
        int rank = low.stream()
                .mapToInt(tensor ->
                        tensor.statistics().orElseThrow().rank().orElseThrow().rank())
                .max()
                .orElseThrow();
        List<String> on = low.stream()
                .map(tensor -> LayerNames.layer(tensor.name()))
                .map(layer -> layer.substring(layer.lastIndexOf('.') + 1))
                .distinct()
                .toList();
        said.add("looks like rank " + rank + (on.size() > 4 ? "" : " on " + NumberText.list(on)));
    }
}
