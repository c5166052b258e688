package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The forms a report can be written in. */
public enum ReportFormat {
    TEXT {
        @Override
        public String write(Report report) {
            List<List<String>> table = table(report);
            int[] widths = new int[table.get(0).size()];
            for (List<String> row : table) {
                for (int i = 0; i < widths.length; i++) {
                    widths[i] = Math.max(widths[i], row.get(i).length());
                }
            }
            var text = new StringBuilder();
            for (List<String> row : table) {
                var line = new StringBuilder();
                for (int i = 0; i < widths.length; i++) {
                    line.append(row.get(i))
                            .append(" ".repeat(widths[i] - row.get(i).length() + 2));
                }
                text.append(line.toString().stripTrailing()).append('\n');
            }
            return text.append('\n').append(summary(report)).append('\n').toString();
        }
    },
    JSON {
        @Override
        public String write(Report report) {
            List<Object> rows = new ArrayList<>();
            for (Report.Row row : report.rows()) {
                List<Object> cells = new ArrayList<>();
                for (int i = 0; i < row.cells().size(); i++) {
                    cells.add(cell(report.columns().get(i), row.cells().get(i)));
                }
                rows.add(JsonMembers.of(
                        "version",
                        row.version().hex(),
                        "model",
                        row.model(),
                        "subject",
                        row.subject(),
                        "results",
                        cells));
            }
            return new String(
                            Json.pretty(JsonMembers.of(
                                    "schema",
                                    1,
                                    "versions",
                                    rows,
                                    "compared",
                                    report.compared(),
                                    "regressions",
                                    report.regressions())),
                            StandardCharsets.UTF_8)
                    + "\n";
        }

        private Object cell(Report.Column column, Report.Cell cell) {
            return JsonMembers.of(
                    "test",
                    column.test().name(),
                    "metric",
                    column.rule().name(),
                    "status",
                    cell.status().map(Verdict.Status::word),
                    "value",
                    cell.value(),
                    "change",
                    cell.change(),
                    "against",
                    cell.reference(),
                    "regression",
                    cell.regression(),
                    "baseline",
                    cell.baseline().map(this::baseline),
                    "detail",
                    cell.detail());
        }

        private Object baseline(Report.AgainstBaseline against) {
            return JsonMembers.of(
                    "name",
                    against.name(),
                    "version",
                    against.version().map(VersionId::hex),
                    "change",
                    against.change(),
                    "regression",
                    against.worse(),
                    "missing",
                    Optional.of(against.missing()).filter(why -> !why.isEmpty()));
        }
    },
    MD {
        @Override
        public String write(Report report) {
            List<List<String>> table = table(report);
            var text = new StringBuilder();
            for (int i = 0; i < table.size(); i++) {
                text.append("| ");
                table.get(i)
                        .forEach(cell -> text.append(cell.replace("|", "\\|")).append(" | "));
                text.setLength(text.length() - 1);
                text.append('\n');
                if (i == 0) {
                    text.append("|---".repeat(table.get(0).size())).append("|\n");
                }
            }
            return text.append('\n').append(summary(report)).append('\n').toString();
        }
    },
    HTML {
        @Override
        public String write(Report report) {
            var text = new StringBuilder("<!doctype html>\n<meta charset=\"utf-8\">\n<title>mgit test report</title>\n"
                    + "<style>body{font-family:sans-serif}table{border-collapse:collapse}"
                    + "td,th{padding:.3em .8em;border:1px solid #ccc;text-align:left}"
                    + ".worse{background:#fde8d7}.bad{background:#f8d0d0}</style>\n<table>\n<tr>");
            List<List<String>> table = table(report);
            table.get(0)
                    .forEach(cell -> text.append("<th>").append(escape(cell)).append("</th>"));
            text.append("</tr>\n");
            for (int r = 0; r < report.rows().size(); r++) {
                List<String> words = table.get(r + 1);
                text.append("<tr><td>").append(escape(words.get(0))).append("</td><td>");
                text.append(escape(words.get(1))).append("</td>");
                List<Report.Cell> cells = report.rows().get(r).cells();
                for (int c = 0; c < cells.size(); c++) {
                    text.append(open(cells.get(c)))
                            .append(escape(words.get(c + 2)))
                            .append("</td>");
                }
                text.append("</tr>\n");
            }
            return text.append("</table>\n<p>")
                    .append(escape(summary(report)))
                    .append("</p>\n")
                    .toString();
        }

        private String open(Report.Cell cell) {
            boolean bad = cell.status()
                    .filter(status -> status != Verdict.Status.PASSED)
                    .isPresent();
            boolean worse = cell.regression()
                    || cell.baseline().filter(Report.AgainstBaseline::worse).isPresent();
            String style = bad ? " class=\"bad\"" : worse ? " class=\"worse\"" : "";
            return "<td" + style + " title=\"" + escape(cell.detail()) + "\">";
        }
    };

    public abstract String write(Report report);

    /** @throws MgitException of kind USAGE if there is no such form */
    public static ReportFormat parse(String word) {
        return Arrays.stream(values())
                .filter(format -> format.name().equalsIgnoreCase(word))
                .findFirst()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE, "no report format '" + word + "'", "use text, json, md or html"));
    }

    /** A heading and one line a version; every line has as many cells. */
    private static List<List<String>> table(Report report) {
        List<List<String>> table = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("model", "version"));
        report.columns().forEach(column -> head.add(column.title()));
        table.add(head);
        for (Report.Row row : report.rows()) {
            List<String> line =
                    new ArrayList<>(List.of(row.model(), row.version().abbreviated()));
            row.cells().forEach(cell -> line.add(cell.text()));
            table.add(line);
        }
        return table;
    }

    private static String summary(Report report) {
        long worse = report.regressions();
        return report.compared() == 0
                ? "No values to compare with."
                : (report.compared() - worse) + " of " + report.compared() + " values no worse than before.";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
