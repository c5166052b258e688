package dev.mgit.lineage.diff.report;

import dev.mgit.lineage.text.TextWidth;
import dev.mgit.lineage.text.VisibleText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A report as aligned lines of text. */
public final class DiffText {
    private static final Pattern NUMBER = Pattern.compile("[-+<>~]?\\d.*|inf|-|");
    private static final String GAP = "  ";

    private DiffText() {}

    /** Gives text its look where the terminal has colours. */
    @FunctionalInterface
    public interface Styler {
        String style(DiffReport.Look look, boolean heading, String text);
    }

    public static List<String> lines(DiffReport report, Styler styler) {
        List<String> lines = new ArrayList<>();
        lines.add(styler.style(DiffReport.Look.PLAIN, true, VisibleText.of(report.title())));
        lines.add(VisibleText.of(report.reading()));
        lines.add(styler.style(DiffReport.Look.SAME, false, report.counts()));
        for (DiffReport.Table table : report.tables()) {
            lines.add("");
            table(table, styler, lines);
        }
        return lines;
    }

    private static void table(DiffReport.Table table, Styler styler, List<String> lines) {
        int columns = table.headings().size();
        int[] widths = new int[columns];
        boolean[] right = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            int at = c;
            widths[c] = table.headings().get(c).length();
            table.rows()
                    .forEach(row -> widths[at] = Math.max(
                            widths[at], TextWidth.of(VisibleText.of(row.cells().get(at)))));
            right[c] = table.rows().stream()
                    .allMatch(row -> NUMBER.matcher(row.cells().get(at)).matches());
        }
        lines.add(styler.style(DiffReport.Look.PLAIN, true, line(table.headings(), widths, right)));
        for (DiffReport.Row row : table.rows()) {
            lines.add(styler.style(row.look(), false, line(row.cells(), widths, right)));
        }
        if (table.more() > 0) {
            lines.add("… and " + table.more() + " more");
        }
    }

    private static String line(List<String> cells, int[] widths, boolean[] right) {
        var line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            String cell = VisibleText.of(cells.get(c));
            String padding = " ".repeat(widths[c] - TextWidth.of(cell));
            line.append(c == 0 ? "" : GAP).append(right[c] ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }
}
