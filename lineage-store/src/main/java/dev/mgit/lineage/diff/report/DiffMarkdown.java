package dev.mgit.lineage.diff.report;

import dev.mgit.lineage.text.VisibleText;
import java.util.List;
import java.util.stream.Collectors;

/** A report as GitHub-flavoured Markdown. */
public final class DiffMarkdown {
    private DiffMarkdown() {}

    public static String render(DiffReport report) {
        var text = new StringBuilder();
        text.append("## ").append(escaped(report.title())).append("\n\n");
        text.append("**").append(escaped(report.reading())).append("**\n\n");
        text.append(escaped(report.counts())).append('\n');
        for (DiffReport.Table table : report.tables()) {
            text.append("\n### ").append(table.title()).append("\n\n");
            text.append(line(table.headings()));
            text.append("|").append(" --- |".repeat(table.headings().size())).append('\n');
            table.rows().forEach(row -> text.append(line(row.cells())));
            if (table.more() > 0) {
                text.append("\n… and ").append(table.more()).append(" more\n");
            }
        }
        return text.toString();
    }

    private static String line(List<String> cells) {
        return cells.stream().map(DiffMarkdown::escaped).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Everything that could end a cell or start markup or HTML. */
    private static String escaped(String text) {
        return VisibleText.of(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replaceAll("([\\\\`*_\\[\\]|~#!])", "\\\\$1");
    }
}
