package dev.mgit.hooks.audit.document;

import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.lineage.drawing.MarkupEscape;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The answer as one page to read or print; no script, and nothing loaded from elsewhere. */
final class HtmlDocument implements AuditDocument {
    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>Provenance</title>
            <style>
            body{font:14px system-ui,sans-serif;margin:24px auto;max-width:60em;color:#223}
            table{border-collapse:collapse;width:100%}
            th,td{text-align:left;padding:4px 12px;border-bottom:1px solid #dde;vertical-align:top;
            overflow-wrap:anywhere}
            td:first-child{white-space:nowrap;width:9em}
            .fault{color:#b00020;font-weight:bold}
            @media (prefers-color-scheme:dark){body{background:#16181d;color:#dde}}
            @media print{body{margin:0;max-width:none;background:none;color:#000}section{break-inside:avoid}}
            </style>
            </head>
            <body>
            """;

    @Override
    public void write(AuditAnswer answer, OutputStream out) throws IOException {
        var page = new StringBuilder(HEAD);
        page.append("<h1>Provenance of ")
                .append(answer.asked().stream()
                        .map(version -> MarkupEscape.xml(version.name()))
                        .collect(Collectors.joining(", ")))
                .append("</h1>\n")
                .append(
                        answer.verified()
                                ? "<p>Verification passed.</p>\n"
                                : "<p class=\"fault\">Verification failed.</p>\n");
        list(page, "Checked", answer.held());
        list(page, "Taken on trust", answer.trusted());
        findings(page, answer);
        page.append("<h2>Versions</h2>\n");
        answer.versions().forEach(version -> version(page, version));
        out.write(page.append("</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void list(StringBuilder page, String heading, List<String> lines) {
        page.append("<h2>").append(heading).append("</h2>\n<ul>\n");
        lines.forEach(line -> page.append("<li>").append(MarkupEscape.xml(line)).append("</li>\n"));
        page.append("</ul>\n");
    }

    private static void findings(StringBuilder page, AuditAnswer answer) {
        page.append("<h2>Gaps (").append(answer.findings().size()).append(")</h2>\n<table>\n");
        Map<VersionId, Provenance> versions = answer.byId();
        for (Finding finding : answer.findings()) {
            row(
                    page,
                    Words.gap(finding),
                    MarkupEscape.xml(Words.name(versions, finding.version())) + "</td><td>"
                            + MarkupEscape.xml(finding.text()));
        }
        page.append("</table>\n");
    }

    private static void version(StringBuilder page, Provenance version) {
        page.append("<section id=\"v-").append(version.id().hex()).append("\">\n<h3>");
        page.append(MarkupEscape.xml(version.name())).append("</h3>\n<table>\n");
        row(page, "version", "<code>" + version.id().hex() + "</code>");
        VersionFacts.of(version)
                .forEach(fact -> row(
                        page,
                        fact.what(),
                        fact.text().lines().map(MarkupEscape::xml).collect(Collectors.joining("<br>"))));
        page.append("</table>\n</section>\n");
    }

    private static void row(StringBuilder page, String what, String markup) {
        page.append("<tr><td>").append(what).append("</td><td>").append(markup).append("</td></tr>\n");
    }
}
