package dev.mgit.hooks.audit.document;

import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.text.VisibleText;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** The answer as CommonMark with tables. What names and messages hold is text, never markup. */
final class MarkdownDocument implements AuditDocument {
    @Override
    public void write(AuditAnswer answer, OutputStream out) throws IOException {
        var text = new StringBuilder("# Provenance of ")
                .append(answer.asked().stream()
                        .map(Provenance::name)
                        .map(MarkdownDocument::escaped)
                        .collect(Collectors.joining(", ")))
                .append("\n\n")
                .append(answer.verified() ? "Verification passed." : "**Verification failed.**")
                .append("\n\n## Checked\n\n");
        answer.held().forEach(line -> text.append("- ").append(escaped(line)).append('\n'));
        text.append("\n## Taken on trust\n\n");
        answer.trusted().forEach(line -> text.append("- ").append(escaped(line)).append('\n'));
        findings(answer, text);
        text.append("\n## Versions\n");
        answer.versions().forEach(version -> version(version, text));
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void findings(AuditAnswer answer, StringBuilder text) {
        text.append("\n## Gaps (").append(answer.findings().size()).append(")\n\n");
        if (answer.findings().isEmpty()) {
            return;
        }
        Map<VersionId, Provenance> versions = answer.byId();
        text.append("| gap | version | what |\n|---|---|---|\n");
        for (Finding finding : answer.findings()) {
            text.append("| ")
                    .append(Words.gap(finding))
                    .append(" | ")
                    .append(escaped(Words.name(versions, finding.version())))
                    .append(" | ")
                    .append(escaped(finding.text()))
                    .append(" |\n");
        }
    }

    private static void version(Provenance version, StringBuilder text) {
        text.append("\n### ").append(escaped(version.name())).append("\n\n");
        text.append("| | |\n|---|---|\n| version | ").append(version.id().hex()).append(" |\n");
        VersionFacts.of(version)
                .forEach(fact -> text.append("| ")
                        .append(fact.what())
                        .append(" | ")
                        .append(fact.text()
                                .lines()
                                .map(MarkdownDocument::escaped)
                                .collect(Collectors.joining("<br>")))
                        .append(" |\n"));
    }

    private static String escaped(String line) {
        var safe = new StringBuilder();
        VisibleText.of(line).codePoints().forEach(c -> {
            if ("\\`*_{}[]<>#|~&!".indexOf(c) >= 0) {
                safe.append('\\');
            }
            safe.appendCodePoint(c);
        });
        return safe.toString();
    }
}
