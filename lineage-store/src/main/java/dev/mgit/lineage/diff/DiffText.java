package dev.mgit.lineage.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A report as aligned lines of text. */
public final class DiffText {
    private static final Pattern NUMBER = Pattern.compile("[-+<>~]?\\d.*|inf|-|");
    private static final Pattern UNSAFE = Pattern.compile("\\p{Cntrl}");
    private static final String GAP = "  ";

    private DiffText() {}

    /** Gives text its look where the terminal has colours. */
    @FunctionalInterface
    public interface Styler {
        String style(DiffReport.Look look, boolean heading, String text);
    }

    public static List<String> lines(DiffReport report, Styler styler) {
        List<String> lines = new ArrayList<>();
        lines.add(styler.style(DiffReport.Look.PLAIN, true, safe(report.title())));
        lines.add(safe(report.reading()));
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
                    .forEach(row -> widths[at] =
                            Math.max(widths[at], safe(row.cells().get(at)).length()));
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
            String cell = safe(cells.get(c));
            String padding = " ".repeat(widths[c] - cell.length());
            line.append(c == 0 ? "" : GAP).append(right[c] ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    /** Names come from files that may come from anywhere: none may steer the terminal. */
    private static String safe(String text) {
        return UNSAFE.matcher(text).replaceAll("?");
    }
}
