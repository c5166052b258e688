package dev.mgit.lineage.diff.report;

import dev.mgit.lineage.diff.LayerChange;
import dev.mgit.lineage.diff.NumberText;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.tensors.LayerNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Blocks as rows of a report, neighbours that tell the same story as one row: {@code encoder.layer.0–11}. */
final class BlockRows {
    /** One row; {@code count} blocks in a row of which all figures are the sum. */
    record Row(String name, Optional<String> nameA, LayerChange sum, int count) {}

    private BlockRows() {}

    static List<Row> of(List<LayerChange> blocks) {
        List<Row> rows = new ArrayList<>();
        for (int start = 0; start < blocks.size(); ) {
            int end = start + 1;
            while (end < blocks.size() && alike(blocks.get(end - 1), blocks.get(end))) {
                end++;
            }
            rows.add(row(blocks.subList(start, end)));
            start = end;
        }
        return rows;
    }

    private static boolean alike(LayerChange one, LayerChange next) {
        return one.kind() == next.kind()
                && one.tensors() == next.tensors()
                && one.differing() == next.differing()
                && follows(one.nameA(), next.nameA())
                && follows(one.nameB(), next.nameB())
                && magnitude(one).equals(magnitude(next));
    }

    private static boolean follows(Optional<String> one, Optional<String> next) {
        if (one.isEmpty() || next.isEmpty()) {
            return one.isEmpty() && next.isEmpty();
        }
        return LayerNames.isBlock(one.get())
                && LayerNames.isBlock(next.get())
                && LayerNames.family(one.get()).equals(LayerNames.family(next.get()))
                && number(next.get()) == number(one.get()) + 1;
    }

    private static int number(String block) {
        return Integer.parseInt(block.substring(block.lastIndexOf('.') + 1));
    }

    private static String magnitude(LayerChange block) {
        return block.statistics()
                .map(numbers -> NumberText.magnitude(numbers.relativeL2()))
                .orElse("");
    }

    private static Row row(List<LayerChange> run) {
        LayerChange first = run.get(0);
        LayerChange last = run.get(run.size() - 1);
        var sum = new LayerChange(
                first.kind(),
                first.nameA(),
                first.nameB(),
                run.stream().mapToInt(LayerChange::tensors).sum(),
                run.stream().mapToInt(LayerChange::differing).sum(),
                run.stream().flatMap(block -> block.statistics().stream()).reduce(TensorStatistics::plus));
        Optional<String> before = first.nameB().isPresent() && !first.nameA().equals(first.nameB())
                ? first.nameA().map(name -> range(name, last.nameA().orElse(name)))
                : Optional.empty();
        return new Row(range(first.name(), last.name()), before, sum, run.size());
    }

    private static String range(String first, String last) {
        return first.equals(last) ? first : first + "–" + number(last);
    }
}
