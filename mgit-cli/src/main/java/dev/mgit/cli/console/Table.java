package dev.mgit.cli.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Rows of text in aligned columns; cells that start with a digit are set to the right. */
public final class Table {
    private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9].*|-");
    private static final String GAP = "  ";

    private final Output output;
    private final List<String[]> rows = new ArrayList<>();

    Table(Output output, String... headings) {
        this.output = output;
        rows.add(headings);
    }

    /** Adds a row of as many cells as there are headings. */
    public Table row(Object... cells) {
        if (cells.length != rows.get(0).length) {
            throw new IllegalArgumentException(cells.length + " cells for " + rows.get(0).length + " columns");
        }
        rows.add(Arrays.stream(cells).map(String::valueOf).toArray(String[]::new));
        return this;
    }

    /** Prints headings and rows; nothing at all if there are no rows. */
    public void print() {
        if (rows.size() == 1) {
            return;
        }
        int columns = rows.get(0).length;
        int[] widths = new int[columns];
        boolean[] right = new boolean[columns];
        Arrays.fill(right, true);
        for (int r = 0; r < rows.size(); r++) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], output.columns(rows.get(r)[c]));
                right[c] &= r == 0 || NUMBER.matcher(rows.get(r)[c]).matches();
            }
        }
        for (int r = 0; r < rows.size(); r++) {
            String line = line(rows.get(r), widths, right);
            output.line(r == 0 ? output.styled(Output.Style.BOLD, line) : line);
        }
    }

    private String line(String[] cells, int[] widths, boolean[] right) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < cells.length; c++) {
            String padding = " ".repeat(widths[c] - output.columns(cells[c]));
            line.append(c == 0 ? "" : GAP).append(right[c] ? padding + cells[c] : cells[c] + padding);
        }
        return line.toString().stripTrailing();
    }
}
