package dev.mgit.lineage.diff;

import dev.mgit.lineage.architecture.BlockShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the blocks of a model differ from those of its parent.
 *
 * @param a the parent, as the user named it
 * @param b the child
 * @param rows one for each block of the child, in order
 * @param dropped blocks of the parent that none of the child's stands for
 * @param patternA the parent's layers in letters, see {@link dev.mgit.lineage.architecture.LayerPattern}
 * @param patternB the child's
 */
public record BlockDiff(String a, String b, List<Row> rows, List<Integer> dropped, String patternA, String patternB) {
    /**
     * One block of the child.
     *
     * @param parent number of the parent's block that it stands for
     * @param before that block's shape; empty if there is none
     * @param tensors it has
     * @param same of these have the bytes they have in block {@code from} of the parent
     * @param from −1 if none has
     */
    public record Row(
            int block, int parent, BlockShape shape, Optional<BlockShape> before, int tensors, int same, int from) {
        boolean isUnchanged() {
            return before.filter(shape::equals).isPresent() && parent == block;
        }

        /** Whether its weights are all those of the same block of the parent. */
        boolean isKept() {
            return isUnchanged() && same == tensors && (from == block || tensors == 0);
        }

        /** What became of it, but for its weights; empty if nothing did. */
        List<String> changes() {
            List<String> said = new ArrayList<>();
            if (before.isEmpty()) {
                said.add("new, attention " + shape.mixer().words());
                said.add("FFN " + shape.feedForward().words());
                return said;
            }
            if (!shape.mixer().equals(before.get().mixer())) {
                said.add("attention " + before.get().mixer().words() + " → "
                        + shape.mixer().words());
            }
            if (!shape.feedForward().equals(before.get().feedForward())) {
                said.add("FFN " + before.get().feedForward().words() + " → "
                        + shape.feedForward().words());
            }
            if (parent != block) {
                said.add("in the place of block " + parent);
            }
            return said;
        }

        String weights() {
            if (tensors == 0) {
                return "no weights";
            }
            if (same == 0) {
                return "new weights";
            }
            return "weights from block " + from + " of parent"
                    + (same == tensors ? "" : " (" + same + " of " + tensors + " tensors)");
        }
    }

    public BlockDiff {
        rows = List.copyOf(rows);
        dropped = List.copyOf(dropped);
    }

    public boolean differs() {
        return !dropped.isEmpty() || rows.stream().anyMatch(row -> !row.isKept());
    }

    /** For people, a line for each block that changed and one for each run of those that did not. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(a + " → " + b);
        if (!patternA.equals(patternB)) {
            lines.add("layers " + patternA + " → " + patternB);
        }
        for (int i = 0; i < rows.size(); ) {
            int end = i;
            while (end + 1 < rows.size() && alike(rows.get(i), rows.get(end + 1))) {
                end++;
            }
            lines.add(end == i ? line(rows.get(i)) : run(rows.get(i), rows.get(end)));
            i = end + 1;
        }
        if (!dropped.isEmpty()) {
            lines.add(
                    (dropped.size() == 1 ? "block " : "blocks ") + NumberText.ranges(dropped) + " of parent: dropped");
        }
        return lines;
    }

    private static boolean alike(Row first, Row next) {
        boolean kept = first.isKept() && next.isKept();
        boolean renewed = first.same() == 0 && next.same() == 0;
        return first.isUnchanged()
                && next.isUnchanged()
                && first.tensors() > 0
                && next.tensors() > 0
                && (kept || renewed);
    }

    private static String line(Row row) {
        List<String> said = row.changes();
        String shape = said.isEmpty() ? "same shape" : String.join("; ", said);
        return "block " + row.block() + ": " + shape + "; " + row.weights();
    }

    private static String run(Row first, Row last) {
        String numbers = first.block() + "–" + last.block();
        return "blocks " + numbers + ": same shape; "
                + (first.same() == 0 ? "new weights" : "weights from blocks " + numbers + " of parent");
    }
}
