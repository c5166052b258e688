package dev.mgit.lineage.diff.experts;

import dev.mgit.lineage.architecture.TensorBlocks;
import dev.mgit.lineage.tensors.CheckpointTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of the experts of a mixture.
 *
 * @param a the parent, as the user named it
 * @param b the child
 * @param blocks by number: the experts of each of the child's blocks that has any
 */
public record ExpertDiff(String a, String b, TreeMap<Integer, List<Change>> blocks) {
    /** Values of unrelated weights hardly ever correlate so. */
    private static final double RELATED = 0.8;

    /** What became of an expert. */
    public enum State {
        SAME,
        CHANGED,
        NEW
    }

    /**
     * One expert of the child.
     *
     * @param from number of the parent's expert it is or was trained from; {@code -1} if that is its dense part; its own if
     *     it is new
     */
    public record Change(int expert, int from, State state) {
        boolean isDense() {
            return from == Experts.DENSE;
        }

        boolean isMoved() {
            return from != expert && !isDense();
        }
    }

    public static ExpertDiff of(String a, List<CheckpointTensor> left, String b, List<CheckpointTensor> right)
            throws IOException {
        Map<Integer, List<CheckpointTensor>> parents = TensorBlocks.of(left);
        TreeMap<Integer, List<Change>> blocks = new TreeMap<>();
        for (Map.Entry<Integer, List<CheckpointTensor>> block :
                TensorBlocks.of(right).entrySet()) {
            Experts child = Experts.of(block.getValue());
            if (child.isMixture()) {
                Experts parent = Experts.of(parents.getOrDefault(block.getKey(), List.of()));
                List<Change> changes = new ArrayList<>();
                for (Map.Entry<Integer, List<ExpertMatrix>> expert :
                        child.matrices().entrySet()) {
                    changes.add(change(expert.getKey(), expert.getValue(), parent));
                }
                blocks.put(block.getKey(), changes);
            }
        }
        return new ExpertDiff(a, b, blocks);
    }

    private static Change change(int number, List<ExpertMatrix> expert, Experts parent) throws IOException {
        double most = 0;
        int from = number;
        for (Map.Entry<Integer, List<ExpertMatrix>> other : parent.matrices().entrySet()) {
            double likeness = likeness(expert, other.getValue());
            boolean better = likeness > most || likeness == most && other.getKey() == number;
            from = better ? other.getKey() : from;
            most = Math.max(most, likeness);
        }
        if (most < RELATED) {
            return new Change(number, number, State.NEW);
        }
        List<ExpertMatrix> before = parent.matrices().getOrDefault(from, List.of());
        return new Change(number, from, isSame(expert, before) ? State.SAME : State.CHANGED);
    }

    /** Of an expert's matrices, each with the one most like it, on average. */
    private static double likeness(List<ExpertMatrix> expert, List<ExpertMatrix> other) {
        return expert.stream()
                .mapToDouble(matrix ->
                        other.stream().mapToDouble(matrix::likeness).max().orElse(0))
                .average()
                .orElse(0);
    }

    private static boolean isSame(List<ExpertMatrix> expert, List<ExpertMatrix> before) throws IOException {
        for (ExpertMatrix matrix : expert) {
            boolean found = false;
            for (ExpertMatrix other : before) {
                found = found || matrix.likeness(other) == 1 && matrix.isSame(other);
            }
            if (!found) {
                return false;
            }
        }
        return expert.size() == before.size();
    }

    public boolean differs() {
        return blocks.values().stream()
                .flatMap(List::stream)
                .anyMatch(change -> change.state() != State.SAME || change.isMoved() || change.isDense());
    }

    /** For people, a line a block. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(a + " → " + b);
        blocks.forEach((block, changes) ->
                lines.add("block " + block + ", " + changes.size() + " experts: " + String.join("; ", said(changes))));
        return lines;
    }

    private static List<String> said(List<Change> changes) {
        Map<String, List<String>> words = new LinkedHashMap<>();
        for (Change change : changes) {
            String state = change.state().name().toLowerCase(java.util.Locale.ROOT);
            String what = change.isDense()
                    ? "from the dense FFN" + (change.state() == State.SAME ? "" : ", changed")
                    : change.isMoved() ? "moved" + (change.state() == State.SAME ? "" : " and changed") : state;
            String who = change.isMoved() ? change.from() + " → " + change.expert() : "" + change.expert();
            words.computeIfAbsent(what, word -> new ArrayList<>()).add(who);
        }
        List<String> said = new ArrayList<>();
        words.forEach((what, who) -> said.add(String.join(", ", who) + " " + what));
        return said;
    }
}
