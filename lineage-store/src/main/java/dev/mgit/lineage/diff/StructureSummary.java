package dev.mgit.lineage.diff;

import dev.mgit.lineage.diff.TensorChange.Status;
import dev.mgit.lineage.tensors.LayerNames;
import dev.mgit.lineage.tensors.ParameterRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The clauses of a reading that are about which tensors and layers there are, not about their values. */
final class StructureSummary {
    /** More tensors than this are counted, not named. */
    private static final int MOST_NAMED = 2;

    private final List<TensorChange> tensors;
    private final List<LayerChange> blocks;
    private final List<String> clauses = new ArrayList<>();

    StructureSummary(List<TensorChange> tensors, List<LayerChange> blocks) {
        this.tensors = tensors;
        this.blocks = blocks;
    }

    static int number(LayerChange block) {
        return Integer.parseInt(block.name().substring(block.name().lastIndexOf('.') + 1));
    }

    List<String> clauses() {
        clauses.addAll(blockClauses());
        vocabulary();
        head();
        tied();
        layout();
        leftOver();
        return clauses;
    }

    List<String> blockClauses() {
        List<String> said = new ArrayList<>();
        for (var kind : List.of(
                LayerChange.Kind.INSERTED,
                LayerChange.Kind.DROPPED,
                LayerChange.Kind.REPLACED,
                LayerChange.Kind.MOVED)) {
            List<Integer> numbers = blocks.stream()
                    .filter(block -> block.kind() == kind && LayerNames.isBlock(block.name()))
                    .map(StructureSummary::number)
                    .toList();
            if (!numbers.isEmpty()) {
                said.add((numbers.size() == 1 ? "block " : "blocks ") + NumberText.ranges(numbers) + " "
                        + kind.name().toLowerCase(Locale.ROOT));
            }
        }
        return said;
    }

    private void vocabulary() {
        tensors.stream()
                .filter(tensor -> tensor.status() == Status.RESHAPED
                        && ParameterRole.of(tensor.name()) == ParameterRole.EMBEDDINGS)
                .findFirst()
                .flatMap(StructureSummary::rowsGained)
                .ifPresent(rows -> clauses.add("vocabulary " + (rows > 0 ? "grew" : "shrank") + " by "
                        + NumberText.count(Math.abs(rows), "row")));
    }

    private static Optional<Long> rowsGained(TensorChange tensor) {
        List<Long> a = tensor.specA().orElseThrow().shape();
        List<Long> b = tensor.specB().orElseThrow().shape();
        boolean rowsOnly =
                !a.isEmpty() && a.size() == b.size() && a.subList(1, a.size()).equals(b.subList(1, b.size()));
        return rowsOnly ? Optional.of(b.get(0) - a.get(0)) : Optional.empty();
    }

    private void head() {
        List<TensorChange> heads = tensors.stream()
                .filter(tensor -> ParameterRole.of(tensor.name()) == ParameterRole.HEAD)
                .toList();
        boolean unlike = heads.stream()
                .anyMatch(tensor ->
                        DiffSummary.isUnrelated(tensor) && tensor.sameAs().isEmpty());
        boolean added = heads.stream()
                .anyMatch(tensor ->
                        tensor.status() == Status.ADDED && tensor.sameAs().isEmpty());
        boolean removed = heads.stream()
                .anyMatch(tensor ->
                        tensor.status() == Status.REMOVED && tensor.sameAs().isEmpty());
        if (unlike || (added && removed)) {
            clauses.add("head replaced");
        } else if (added || removed) {
            clauses.add(added ? "head added" : "head dropped");
        }
    }

    /** Tensors that became, or no longer are, second names of others. */
    List<String> tieClauses() {
        List<String> said = new ArrayList<>();
        List<TensorChange> tied = tensors.stream()
                .filter(tensor -> tensor.status() == Status.TIED)
                .toList();
        List<TensorChange> untied = tensors.stream()
                .filter(tensor ->
                        tensor.status() == Status.UNTIED || tensor.untiedFrom().isPresent())
                .toList();
        ties(tied, "tied to ", TensorChange::sameAs, said);
        ties(untied, "untied from ", tensor -> tensor.untiedFrom().or(tensor::sameAs), said);
        return said;
    }

    private static void ties(
            List<TensorChange> tensors,
            String words,
            Function<TensorChange, Optional<String>> twin,
            List<String> said) {
        if (tensors.size() > MOST_NAMED) {
            said.add(NumberText.count(tensors.size(), "tensor") + " " + words + "others");
        } else {
            tensors.forEach(tensor ->
                    said.add(tensor.name() + " " + words + twin.apply(tensor).orElse("another")));
        }
    }

    private void tied() {
        clauses.addAll(tieClauses());
        Set<String> wholeBlocks = comeAndGone();
        List<TensorChange> copies = tensors.stream()
                .filter(tensor -> tensor.sameAs().isPresent() && !tensor.isSame())
                .filter(tensor -> !wholeBlocks.contains(LayerNames.unit(tensor.name())))
                .filter(tensor ->
                        !wholeBlocks.contains(LayerNames.unit(tensor.sameAs().orElseThrow())))
                .toList();
        if (copies.size() > MOST_NAMED) {
            clauses.add(NumberText.count(copies.size(), "tensor") + " that differ are copies of others");
            return;
        }
        for (TensorChange copy : copies) {
            boolean gone = copy.status() == Status.REMOVED;
            clauses.add(copy.name()
                    + (gone ? " no longer stored, it was the same as " : " is now the same as ")
                    + copy.sameAs().orElseThrow());
        }
    }

    private void layout() {
        long matrices = tensors.stream()
                .filter(tensor -> tensor.status() == Status.TRANSPOSED
                        && tensor.specB().orElseThrow().shape().size() == 2)
                .count();
        if (matrices > 0) {
            clauses.add(matrices + (matrices == 1 ? " matrix" : " matrices") + " transposed");
        }
        long others = count(Status.TRANSPOSED) - matrices;
        if (others > 0) {
            clauses.add(NumberText.count(others, "tensor") + " in another layout");
        }
        long reordered = count(Status.REORDERED);
        if (reordered > 0) {
            clauses.add(NumberText.count(reordered, "tensor") + " with gates in another order");
        }
        long renamed = tensors.stream().filter(TensorChange::isRenamed).count();
        if (renamed > 0 && blockClauses().isEmpty()) {
            clauses.add(NumberText.count(renamed, "tensor") + " under another name");
        }
    }

    private long count(Status status) {
        return tensors.stream().filter(tensor -> tensor.status() == status).count();
    }

    /** Tensors that came and went outside of whole blocks and heads. */
    private void leftOver() {
        Set<String> units = comeAndGone();
        for (Status status : List.of(Status.ADDED, Status.REMOVED)) {
            long count = tensors.stream()
                    .filter(tensor ->
                            tensor.status() == status && tensor.sameAs().isEmpty())
                    .filter(tensor -> ParameterRole.of(tensor.name()) != ParameterRole.HEAD)
                    .filter(tensor -> !units.contains(LayerNames.unit(tensor.name())))
                    .count();
            if (count > 0) {
                clauses.add(NumberText.count(count, "tensor") + " " + (status == Status.ADDED ? "added" : "removed"));
            }
        }
    }

    /** Names of the blocks that only one side has. */
    private Set<String> comeAndGone() {
        return blocks.stream()
                .filter(block -> block.kind() == LayerChange.Kind.INSERTED || block.kind() == LayerChange.Kind.DROPPED)
                .filter(block -> LayerNames.isBlock(block.name()))
                .map(LayerChange::name)
                .collect(Collectors.toSet());
    }
}
