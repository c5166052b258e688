package dev.mgit.hooks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * CSV of measured numbers: a heading that names the columns, then a row a line. Numbers are decimal; neither quotes nor
 * {@code NaN} nor what only Java takes for a number.
 */
public record NumberTable(List<Row> rows) {
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern REAL = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]{1,4})?");
    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final int SHOWN = 60;

    public NumberTable {
        rows = List.copyOf(rows);
    }

    /**
     * One line.
     *
     * @param where the line, counted from 1, for messages: {@code line 2}
     * @param cells in the order of the heading
     */
    public record Row(String where, List<String> heading, List<String> cells) {
        /** @throws IllegalArgumentException naming line and column, if there is none */
        public long whole(String column) {
            return Long.parseLong(cell(column, WHOLE, "no whole number"));
        }

        /**
         * The number of a column, infinite where it is too large for a double.
         *
         * @throws IllegalArgumentException naming line and column, if there is none
         */
        public double real(String column) {
            return Double.parseDouble(cell(column, REAL, "no number"));
        }

        private String cell(String column, Pattern form, String otherwise) {
            String cell = cells.get(heading.indexOf(column));
            if (!form.matcher(cell).matches()) {
                throw new IllegalArgumentException(
                        where + " has '" + shortened(cell) + "' as " + column + ", which is " + otherwise);
            }
            return cell;
        }
    }

    /**
     * Reads a table; lines without text at its end are none.
     *
     * @param columns that it must have, in any order, beside others
     * @throws IllegalArgumentException saying what it is not, as the end of a sentence
     */
    public static NumberTable parse(String csv, String... columns) {
        String text = csv.startsWith(BYTE_ORDER_MARK) ? csv.substring(1) : csv;
        if (text.isBlank()) {
            throw new IllegalArgumentException("it is empty");
        }
        List<String> lines = text.stripTrailing().lines().toList();
        List<String> heading = cells(lines.get(0));
        if (!heading.containsAll(List.of(columns)) || new HashSet<>(heading).size() < heading.size()) {
            throw new IllegalArgumentException("the heading is '" + shortened(lines.get(0)) + "'");
        }
        List<Row> rows = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            var row = new Row("line " + (i + 1), heading, cells(lines.get(i)));
            if (row.cells().size() != heading.size()) {
                throw new IllegalArgumentException(
                        row.where() + " has " + row.cells().size() + " cells");
            }
            rows.add(row);
        }
        return new NumberTable(rows);
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN - 1) + "…";
    }
}
