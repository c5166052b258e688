package dev.mgit.hooks.modeltest;

import dev.mgit.lineage.drawing.MarkupEscape;
import java.util.List;

/** A report as one page that needs nothing else: the table, each metric's trend, and a picture of the family. */
public final class ReportPage {
    private static final String HEAD = """
            <!doctype html>
            <meta charset="utf-8">
            <title>mgit test report</title>
            <style>
            :root{color-scheme:light dark;--line:#8888;--worse:#fde8d7;--bad:#f8d0d0}
            @media (prefers-color-scheme:dark){:root{--worse:#5a3a1c;--bad:#5c2626}}
            body{font-family:sans-serif}
            table{border-collapse:collapse}
            td,th{padding:.3em .8em;border:1px solid var(--line);text-align:left}
            .worse{background:var(--worse)}
            .bad{background:var(--bad)}
            .trend polyline{fill:none;stroke:currentColor;stroke-width:1.5}
            .trend circle{fill:currentColor}
            .trend .failed{fill:none;stroke:#d33;stroke-width:2}
            .trend .baseline{stroke:#888;stroke-dasharray:4 3}
            </style>
            """;

    private ReportPage() {}

    /**
     * Writes the page.
     *
     * @param trends may be empty
     * @param picture of the family as SVG; may be empty
     */
    public static String write(Report report, List<MetricTrend> trends, String picture) {
        var page = new StringBuilder(HEAD);
        table(page, report);
        page.append("<p>")
                .append(MarkupEscape.xml(ReportFormat.summary(report)))
                .append("</p>\n");
        if (!trends.isEmpty()) {
            page.append("<h2>Trends</h2>\n<table>\n<tr><th>model</th><th>metric</th><th>versions</th><th></th></tr>\n");
            for (MetricTrend trend : trends) {
                page.append("<tr><td>")
                        .append(MarkupEscape.xml(trend.model()))
                        .append("</td><td>")
                        .append(MarkupEscape.xml(trend.column().title()))
                        .append("</td><td>")
                        .append(TrendSvg.draw(trend))
                        .append("</td><td>")
                        .append(MarkupEscape.xml(TrendSvg.words(trend)))
                        .append("</td></tr>\n");
            }
            page.append("</table>\n");
        }
        if (!picture.isEmpty()) {
            page.append("<h2>Lineage</h2>\n").append(picture.strip()).append('\n');
        }
        return page.toString();
    }

    private static void table(StringBuilder page, Report report) {
        List<List<String>> table = ReportFormat.table(report);
        page.append("<table>\n<tr>");
        table.get(0)
                .forEach(cell ->
                        page.append("<th>").append(MarkupEscape.xml(cell)).append("</th>"));
        page.append("</tr>\n");
        for (int r = 0; r < report.rows().size(); r++) {
            List<String> words = table.get(r + 1);
            page.append("<tr><td>").append(MarkupEscape.xml(words.get(0))).append("</td><td>");
            page.append(MarkupEscape.xml(words.get(1))).append("</td>");
            List<Report.Cell> cells = report.rows().get(r).cells();
            for (int c = 0; c < cells.size(); c++) {
                page.append(open(cells.get(c)))
                        .append(MarkupEscape.xml(words.get(c + 2)))
                        .append("</td>");
            }
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static String open(Report.Cell cell) {
        boolean bad =
                cell.status().filter(status -> status != Verdict.Status.PASSED).isPresent();
        boolean worse = cell.regression()
                || cell.baseline().filter(Report.AgainstBaseline::worse).isPresent();
        String style = bad ? " class=\"bad\"" : worse ? " class=\"worse\"" : "";
        String title = cell.detail() + (cell.outdated() ? "; by code or data that has changed since" : "");
        return "<td" + style + " title=\"" + MarkupEscape.xml(title) + "\">";
    }
}
