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
                    "outdated",
                    cell.outdated() ? Optional.of(true) : Optional.empty(),
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
            return ReportPage.write(report, List.of(), "");
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
    static List<List<String>> table(Report report) {
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

    static String summary(Report report) {
        long worse = report.regressions();
        String compared = report.compared() == 0
                ? "No values to compare with."
                : (report.compared() - worse) + " of " + report.compared() + " values no worse than before.";
        return report.outdated() == 0
                ? compared
                : compared + "\n*" + " by code or data of the test that has changed since; run it again with --fresh";
    }
}
