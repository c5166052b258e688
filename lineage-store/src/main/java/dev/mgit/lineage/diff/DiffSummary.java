package dev.mgit.lineage.diff;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.diff.TensorChange.Status;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Says in one line what the numbers mean, by rules; never more than they show. */
public final class DiffSummary {
    /** Matrices below this cosine do not come from one another. */
    private static final double UNRELATED = 0.1;

    /** Share of the elements that must agree before something is said of the whole. */
    static final double MOST = 0.8;

    /** Fewer tensors with a counterpart than this share make another architecture. */
    private static final double COMMON = 0.2;

    /** Zeros gained before it is called pruning. */
    private static final double PRUNED = 0.05;

    private final List<TensorChange> tensors;
    private final List<LayerChange> blocks;
    private final List<FileChange> files;
    private final boolean measured;
    /** Whether scales lie beside tensors of either side. */
    private final boolean scaledA;

    private final boolean scaledB;
    private final List<String> clauses = new ArrayList<>();

    DiffSummary(List<TensorChange> tensors, List<LayerChange> blocks, List<FileChange> files, boolean measured) {
        this.tensors = tensors.stream().filter(tensor -> !tensor.companion()).toList();
        this.scaledA = tensors.stream()
                .anyMatch(tensor -> tensor.companion() && tensor.specA().isPresent());
        this.scaledB = tensors.stream()
                .anyMatch(tensor -> tensor.companion() && tensor.specB().isPresent());
        this.blocks = blocks;
        this.files = files;
        this.measured = measured;
    }

    /**
     * What is said of two checkpoints.
     *
     * @param components of a pipeline, which are read one by one; those that are the same together
     */
    public static String of(
            List<String> components,
            List<TensorChange> tensors,
            List<LayerChange> blocks,
            List<FileChange> files,
            boolean measured) {
        if (components.size() < 2 || tensors.stream().allMatch(TensorChange::isSame)) {
            return new DiffSummary(tensors, blocks, files, measured).sentence();
        }
        Map<String, List<String>> said = new LinkedHashMap<>();
        for (String component : components) {
            List<TensorChange> own = tensors.stream()
                    .filter(tensor -> tensor.name().startsWith(component + "."))
                    .toList();
            List<LayerChange> ownBlocks = blocks.stream()
                    .filter(block -> block.name().startsWith(component + "."))
                    .toList();
            String sentence = new DiffSummary(own, ownBlocks, List.of(), measured).component();
            said.computeIfAbsent(sentence, words -> new ArrayList<>()).add(component);
        }
        return said.entrySet().stream()
                .map(entry -> NumberText.list(entry.getValue()) + ": " + entry.getKey())
                .collect(Collectors.joining("; "));
    }

    private String component() {
        boolean same = !tensors.isEmpty() && tensors.stream().allMatch(TensorChange::isSame);
        boolean added = tensors.stream().allMatch(tensor -> tensor.status() == Status.ADDED);
        boolean removed = tensors.stream().allMatch(tensor -> tensor.status() == Status.REMOVED);
        return same ? "the same weights" : added ? "added" : removed ? "removed" : sentence();
    }

    String sentence() {
        if (tensors.isEmpty()) {
            return files.isEmpty()
                    ? "identical"
                    : "no tensors on either side; " + NumberText.count(files.size(), "file")
                            + (files.size() == 1 ? " differs" : " differ");
        }
        if (tensors.stream().allMatch(TensorChange::isSame)) {
            return sameWeights();
        }
        if (measured && tensors.stream().allMatch(DiffSummary::isRearranged)) {
            List<String> said = new StructureSummary(tensors, blocks).clauses();
            return "the same weights; " + (said.isEmpty() ? counts() : String.join("; ", said));
        }
        List<TensorChange> readable =
                tensors.stream().filter(tensor -> !tensor.isUnreadable()).toList();
        if (readable.isEmpty()) {
            unreadable(tensors.size());
            return clauses.get(0);
        }
        List<TensorChange> matched = readable.stream()
                .filter(tensor -> tensor.nameA().isPresent() && tensor.nameB().isPresent())
                .toList();
        if (elements(matched) < COMMON * elements(readable)) {
            return "different models: " + matched.size() + " of " + NumberText.count(readable.size(), "tensor")
                    + (matched.size() == 1 ? " has" : " have") + " a counterpart";
        }
        if (measured && unrelated(matched)) {
            return "unrelated weights of the same architecture";
        }
        boolean converted = converted(matched);
        boolean pruned = measured && pruned(matched);
        clauses.addAll(new StructureSummary(tensors, blocks).clauses());
        if (measured) {
            tuned(matched, converted, pruned);
            notFinite(matched);
        }
        unreadable(tensors.size() - readable.size());
        return clauses.isEmpty() ? counts() : String.join("; ", clauses);
    }

    /** The same, or every value of it in another place. */
    private static boolean isRearranged(TensorChange tensor) {
        return tensor.isSame()
                || (tensor.statistics()
                                .filter(numbers -> numbers.changed() == 0)
                                .isPresent()
                        && tensor.specA().orElseThrow().elements() == tensor.elements()
                        && dtypeA(tensor) == dtypeB(tensor));
    }

    static long elements(List<TensorChange> tensors) {
        return tensors.stream().mapToLong(TensorChange::elements).sum();
    }

    private String sameWeights() {
        List<String> ties = new StructureSummary(tensors, blocks).tieClauses();
        if (!ties.isEmpty()) {
            return "the same weights; " + String.join("; ", ties);
        }
        long renamed = tensors.stream().filter(TensorChange::isRenamed).count();
        if (renamed > 0) {
            List<String> moves = new StructureSummary(tensors, blocks).blockClauses();
            return moves.isEmpty()
                    ? "the same weights, " + NumberText.count(renamed, "tensor") + " under another name"
                    : "the same weights; " + String.join("; ", moves);
        }
        List<String> others = files.stream()
                .filter(file -> !file.weights() || file.sameBytes())
                .map(FileChange::path)
                .toList();
        String weights = "the same weights" + (others.size() == files.size() ? "" : " in other files");
        if (others.isEmpty()) {
            return files.isEmpty() ? "identical" : weights;
        }
        String named = others.size() > 3 ? NumberText.count(others.size(), "other file") : NumberText.list(others);
        return weights + "; " + named + (others.size() == 1 ? " differs" : " differ");
    }

    private static boolean unrelated(List<TensorChange> matched) {
        List<TensorChange> matrices =
                matched.stream().filter(TensorChange::isMatrix).toList();
        long apart = matrices.stream()
                .filter(DiffSummary::isUnrelated)
                .mapToLong(TensorChange::elements)
                .sum();
        return apart > 0 && apart >= MOST * elements(matrices);
    }

    static boolean isUnrelated(TensorChange tensor) {
        return tensor.isMatrix()
                && tensor.statistics()
                        .filter(numbers -> numbers.elements() > 0 && Math.abs(numbers.cosine()) < UNRELATED)
                        .isPresent();
    }

    /** Another dtype for most weights: a cast where rounding explains every difference, else also training. */
    private boolean converted(List<TensorChange> matched) {
        List<TensorChange> retyped = matched.stream()
                .filter(tensor -> dtypeA(tensor) != dtypeB(tensor))
                .toList();
        boolean alone = matched.stream().allMatch(tensor -> tensor.isSame() || dtypeA(tensor) != dtypeB(tensor));
        if (retyped.isEmpty() || !alone && elements(retyped) < elements(matched) / 2) {
            return false;
        }
        Map<Dtype, Long> targets = retyped.stream()
                .collect(Collectors.groupingBy(DiffSummary::dtypeB, Collectors.summingLong(TensorChange::elements)));
        Dtype to = targets.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        Dtype from = dtypeA(retyped.get(0));
        TensorStatistics sum = sum(retyped);
        String word = NumberText.dtype(to);
        boolean quantized = isQuantized(from, scaledA);
        if (isQuantized(to, scaledB)) {
            clauses.add((quantized ? "requantized to " : "quantized to ")
                    + word
                    + (measured && sum.elements() > 0
                            ? " (relative error " + NumberText.percent(sum.relativeL2()) + ")"
                            : ""));
        } else if (quantized) {
            clauses.add("dequantized to " + word);
        } else if (!measured || sum.beyondRounding() == 0) {
            clauses.add("cast to " + word + (measured && sum.changed() == 0 ? ", every value kept" : ""));
        } else {
            clauses.add("cast to " + word);
            return false;
        }
        return true;
    }

    private static boolean isQuantized(Dtype dtype, boolean scaled) {
        return !dtype.isFloat() || scaled && dtype.bytes() == 1;
    }

    private static Dtype dtypeA(TensorChange tensor) {
        return tensor.specA().orElseThrow().dtype();
    }

    private static Dtype dtypeB(TensorChange tensor) {
        return tensor.specB().orElseThrow().dtype();
    }

    static TensorStatistics sum(List<TensorChange> tensors) {
        return tensors.stream()
                .flatMap(tensor -> tensor.statistics().stream())
                .reduce(TensorStatistics.NONE, TensorStatistics::plus);
    }

    /** @return whether zeros explain all that changed */
    private boolean pruned(List<TensorChange> matched) {
        List<TensorChange> sparser = matched.stream()
                .filter(tensor -> tensor.statistics()
                        .filter(numbers ->
                                dtypeB(tensor).isFloat() && numbers.sparsityB() - numbers.sparsityA() > PRUNED)
                        .isPresent())
                .toList();
        if (sparser.isEmpty() || elements(sparser) < elements(matched) / 4) {
            return false;
        }
        TensorStatistics sum = sum(sparser);
        boolean all = sum.becameZero() >= 0.999 * sum.changed();
        clauses.add("pruned to " + Math.round(100 * sum.sparsityB()) + "% zeros" + (all ? "" : " and trained"));
        return all;
    }

    private void tuned(List<TensorChange> matched, boolean converted, boolean pruned) {
        List<TensorChange> moved = matched.stream()
                .filter(tensor ->
                        tensor.statistics().filter(n -> n.changed() > 0).isPresent())
                .filter(tensor -> tensor.sameAs().isEmpty())
                .filter(tensor -> !isUnrelated(tensor))
                .filter(tensor -> !converted || dtypeA(tensor) == dtypeB(tensor))
                .filter(tensor -> !pruned || tensor.statistics().orElseThrow().becameZero() == 0)
                .toList();
        if (!moved.isEmpty()) {
            String what = converted || pruned ? "also fine-tuned: " : "fine-tuned: ";
            clauses.add(new UpdateSummary(matched, moved, blocks).clause(what));
        }
    }

    private void notFinite(List<TensorChange> matched) {
        long spoilt = matched.stream()
                .flatMap(tensor -> tensor.statistics().stream())
                .filter(numbers -> numbers.nansB() > numbers.nansA() || numbers.infinitiesB() > numbers.infinitiesA())
                .count();
        if (spoilt > 0) {
            clauses.add("new NaN or infinite values in " + NumberText.count(spoilt, "tensor"));
        }
    }

    private void unreadable(int count) {
        if (count > 0) {
            clauses.add(NumberText.count(count, "tensor") + " cannot be compared: one side cannot be read");
        }
    }

    private String counts() {
        List<String> counts = new ArrayList<>();
        for (Status status : Status.values()) {
            long count =
                    tensors.stream().filter(tensor -> tensor.status() == status).count();
            if (count > 0) {
                counts.add(
                        NumberText.count(count, "tensor") + " " + status.name().toLowerCase(Locale.ROOT));
            }
        }
        return String.join(", ", counts);
    }
}
