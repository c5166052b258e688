package dev.mgit.lineage.diff.report;

import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.FileChange;
import dev.mgit.lineage.diff.LayerChange;
import dev.mgit.lineage.diff.NumberText;
import dev.mgit.lineage.diff.TensorChange;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.diff.measure.UpdateRank;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A diff as a few tables of text, for every renderer to lay out.
 *
 * @param title names both sides
 * @param counts one line of how many tensors are what
 */
public record DiffReport(String title, String reading, String counts, List<Table> tables) {
    /** How much a report shows. */
    public enum Detail {
        /** Reading, counts and files. */
        SUMMARY,
        /** Also layers, and the tensors that came, went or changed shape. */
        LAYERS,
        /** Also every tensor that differs. */
        TENSORS
    }

    /** What a row is about, so that it can be coloured. */
    public enum Look {
        PLAIN,
        ADDED,
        REMOVED,
        CHANGED,
        SAME
    }

    /** One row of a table. */
    public record Row(Look look, List<String> cells) {}

    /**
     * A table.
     *
     * @param more how many rows were left out
     */
    public record Table(String title, List<String> headings, List<Row> rows, int more) {}

    /** Rows a list of tensors or keys has before the rest is only counted, where nobody asked for all. */
    private static final int SHOWN = 20;

    public static DiffReport of(Diff diff, Detail detail) {
        List<Table> tables = new ArrayList<>();
        if (detail != Detail.SUMMARY) {
            layers(diff).ifPresent(tables::add);
            tensors(diff, detail).ifPresent(tables::add);
        }
        files(diff).ifPresent(tables::add);
        keys(diff).ifPresent(tables::add);
        return new DiffReport(diff.a() + " → " + diff.b(), diff.reading(), counts(diff), tables);
    }

    private static String counts(Diff diff) {
        String weights = counts(diff.tensors());
        String state = diff.trainingState().isEmpty() ? "" : "; of training state " + counts(diff.trainingState());
        String dropped = diff.dropped().isEmpty()
                ? ""
                : "; not compared, because it was dropped: " + String.join(", ", diff.dropped());
        return weights + state + dropped;
    }

    private static String counts(List<TensorChange> tensors) {
        List<String> parts = new ArrayList<>();
        for (TensorChange.Status status : TensorChange.Status.values()) {
            long count =
                    tensors.stream().filter(tensor -> tensor.status() == status).count();
            if (count > 0) {
                parts.add(count + " " + word(status));
            }
        }
        return NumberText.count(tensors.size(), "tensor") + (parts.isEmpty() ? "" : ": " + String.join(", ", parts));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Optional<Table> layers(Diff diff) {
        boolean anything = diff.blocks().stream().anyMatch(block -> block.kind() != LayerChange.Kind.SAME);
        List<Row> rows = new ArrayList<>();
        for (BlockRows.Row row : BlockRows.of(diff.blocks())) {
            LayerChange block = row.sum();
            List<String> cells = new ArrayList<>();
            cells.add(
                    row.name() + row.nameA().map(name -> " (was " + name + ")").orElse(""));
            cells.add(word(block.kind()));
            cells.add(block.differing() + "/" + block.tensors());
            cells.addAll(numbers(block.statistics()));
            rows.add(new Row(look(block.kind()), cells));
        }
        return table(
                anything ? rows : List.of(),
                "Layers",
                List.of("layer", "change", "differ", "L2", "relative", "cosine", "max", "elements", "zeros"),
                0);
    }

    private static Look look(LayerChange.Kind kind) {
        return switch (kind) {
            case SAME -> Look.SAME;
            case INSERTED -> Look.ADDED;
            case DROPPED -> Look.REMOVED;
            default -> Look.CHANGED;
        };
    }

    /** L2, relative L2, cosine, largest difference, share of elements changed, share of zeros. */
    private static List<String> numbers(Optional<TensorStatistics> statistics) {
        if (statistics.isEmpty()) {
            return List.of("", "", "", "", "", "");
        }
        TensorStatistics numbers = statistics.get();
        String zeros = NumberText.percent(numbers.sparsityB());
        return List.of(
                NumberText.number(numbers.l2()),
                NumberText.percent(numbers.relativeL2()),
                String.format(Locale.ROOT, "%.4f", numbers.cosine()),
                NumberText.number(numbers.maxDelta()),
                NumberText.percent(numbers.changedShare()),
                numbers.zerosA() == numbers.zerosB() ? zeros : NumberText.percent(numbers.sparsityA()) + " → " + zeros);
    }

    private static Optional<Table> tensors(Diff diff, Detail detail) {
        boolean all = detail == Detail.TENSORS;
        Predicate<TensorChange> shown = tensor -> switch (tensor.status()) {
            case SAME -> false;
            case ADDED, REMOVED, RESHAPED, TRANSPOSED, REORDERED, TIED, UNTIED, UNREADABLE -> true;
            case RENAMED, RETYPED, CHANGED -> all;
        };
        List<TensorChange> chosen = diff.tensors().stream()
                .filter(shown)
                .filter(tensor -> all || !tensor.companion())
                .toList();
        int limit = all ? chosen.size() : Math.min(chosen.size(), SHOWN);
        List<Row> rows = chosen.subList(0, limit).stream().map(DiffReport::row).toList();
        return table(
                rows,
                "Tensors",
                List.of(
                        "tensor",
                        "change",
                        "shape",
                        "dtype",
                        "L2",
                        "relative",
                        "cosine",
                        "max",
                        "elements",
                        "zeros",
                        "rank"),
                chosen.size() - limit);
    }

    private static Row row(TensorChange tensor) {
        List<String> cells = new ArrayList<>();
        cells.add(
                tensor.name() + (tensor.isRenamed() ? " (was " + tensor.nameA().orElseThrow() + ")" : ""));
        cells.add(change(tensor));
        cells.add(both(tensor, spec -> spec.shape().toString()));
        cells.add(both(tensor, spec -> spec.dtype().name().toLowerCase(Locale.ROOT)));
        cells.addAll(numbers(tensor.statistics()));
        cells.add(tensor.statistics()
                .flatMap(TensorStatistics::rank)
                .map(DiffReport::rank)
                .orElse(""));
        Look look = switch (tensor.status()) {
            case ADDED -> Look.ADDED;
            case REMOVED -> Look.REMOVED;
            default -> Look.CHANGED;
        };
        return new Row(look, cells);
    }

    private static String change(TensorChange tensor) {
        String word = word(tensor.status());
        return switch (tensor.status()) {
            case TIED -> word + tensor.sameAs().map(twin -> " to " + twin).orElse("");
            case UNTIED ->
                word
                        + tensor.untiedFrom()
                                .or(tensor::sameAs)
                                .map(twin -> " from " + twin)
                                .orElse("");
            default ->
                word
                        + tensor.untiedFrom()
                                .map(twin -> ", untied from " + twin)
                                .orElse("")
                        + tensor.sameAs().map(twin -> ", same as " + twin).orElse("");
        };
    }

    /** A full rank is said to be at least what could have been found. */
    private static String rank(UpdateRank rank) {
        return (rank.exact() ? "" : rank.isLow() ? "~" : ">") + rank.rank();
    }

    private static String both(TensorChange tensor, Function<TensorSpec, String> text) {
        Optional<String> a = tensor.specA().map(text);
        Optional<String> b = tensor.specB().map(text);
        return a.isPresent() && b.isPresent() && !a.equals(b)
                ? a.get() + " → " + b.get()
                : b.or(() -> a).orElseThrow();
    }

    private static Optional<Table> files(Diff diff) {
        List<Row> rows = diff.files().stream()
                .map(file -> new Row(
                        switch (file.kind()) {
                            case ADDED -> Look.ADDED;
                            case REMOVED -> Look.REMOVED;
                            case CHANGED -> Look.CHANGED;
                        },
                        List.of(
                                file.path(),
                                word(file.kind()),
                                file.kind() == FileChange.Kind.ADDED ? "" : "" + file.sizeA(),
                                file.kind() == FileChange.Kind.REMOVED ? "" : "" + file.sizeB(),
                                file.lines()
                                        .map(lines -> "+" + lines.added() + " -" + lines.removed())
                                        .orElse(""),
                                file.executable()
                                        .map(now -> now ? "executable" : "not executable")
                                        .orElse(""))))
                .toList();
        return table(rows, "Files", List.of("file", "change", "bytes before", "bytes after", "lines", "mode"), 0);
    }

    private static Optional<Table> keys(Diff diff) {
        List<Row> rows = new ArrayList<>();
        int more = 0;
        for (FileChange file : diff.files()) {
            for (FileChange.KeyChange key : file.keys()) {
                if (rows.size() == SHOWN) {
                    more++;
                    continue;
                }
                Look look = key.a().isEmpty() ? Look.ADDED : key.b().isEmpty() ? Look.REMOVED : Look.CHANGED;
                rows.add(new Row(
                        look,
                        List.of(
                                file.path(),
                                key.key(),
                                key.a().orElse(""),
                                key.b().orElse(""))));
            }
        }
        return table(rows, "JSON members", List.of("file", "member", "before", "after"), more);
    }

    private static Optional<Table> table(List<Row> rows, String title, List<String> headings, int more) {
        if (rows.isEmpty()) {
            return Optional.empty();
        }
        List<Integer> used = new ArrayList<>();
        for (int column = 0; column < headings.size(); column++) {
            int at = column;
            if (rows.stream().anyMatch(row -> !row.cells().get(at).isEmpty())) {
                used.add(column);
            }
        }
        List<Row> trimmed = rows.stream()
                .map(row ->
                        new Row(row.look(), used.stream().map(row.cells()::get).toList()))
                .toList();
        return Optional.of(new Table(title, used.stream().map(headings::get).toList(), trimmed, more));
    }
}
