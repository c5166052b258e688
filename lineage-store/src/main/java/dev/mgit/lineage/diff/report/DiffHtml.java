package dev.mgit.lineage.diff.report;

import dev.mgit.lineage.text.VisibleText;
import java.util.Locale;

/** A report as one HTML page that needs nothing else. */
public final class DiffHtml {
    private static final String STYLE = """
            body { font: 14px/1.4 system-ui, sans-serif; margin: 2em; color: #222; background: #fff; }
            table { border-collapse: collapse; margin: 0 0 2em; }
            th, td { padding: .2em .8em; text-align: left; border-bottom: 1px solid #ddd; }
            td { font-family: ui-monospace, monospace; font-size: 13px; }
            .reading { font-size: 18px; }
            .added { background: #e6ffec; } .removed { background: #ffebe9; } .changed { background: #fff8e1; }
            .same { color: #777; }
            """;

    private DiffHtml() {}

    public static String render(DiffReport report) {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.append("<title>").append(escaped(report.title())).append("</title>\n");
        page.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
        page.append("<h1>").append(escaped(report.title())).append("</h1>\n");
        page.append("<p class=\"reading\">").append(escaped(report.reading())).append("</p>\n");
        page.append("<p>").append(escaped(report.counts())).append("</p>\n");
        report.tables().forEach(table -> table(table, page));
        return page.append("</body>\n</html>\n").toString();
    }

    private static void table(DiffReport.Table table, StringBuilder page) {
        page.append("<h2>").append(escaped(table.title())).append("</h2>\n<table>\n<tr>");
        table.headings()
                .forEach(heading -> page.append("<th>").append(escaped(heading)).append("</th>"));
        page.append("</tr>\n");
        for (DiffReport.Row row : table.rows()) {
            page.append("<tr class=\"")
                    .append(row.look().name().toLowerCase(Locale.ROOT))
                    .append("\">");
            row.cells()
                    .forEach(cell -> page.append("<td>").append(escaped(cell)).append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</table>\n");
        if (table.more() > 0) {
            page.append("<p>… and ").append(table.more()).append(" more</p>\n");
        }
    }

    private static String escaped(String text) {
        return VisibleText.of(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
