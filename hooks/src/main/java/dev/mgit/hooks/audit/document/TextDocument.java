package dev.mgit.hooks.audit.document;

import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.hooks.audit.document.VersionFacts.Fact;
import dev.mgit.lineage.query.AuditReport.Checked;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Gap;
import dev.mgit.lineage.text.VisibleText;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/** The answer as lines for a terminal or a file. */
public final class TextDocument implements AuditDocument {
    /** How a terminal tells lines apart. */
    public enum Look {
        VERSION,
        HEADING,
        GAP,
        FAULT,
        GOOD
    }

    /** Gives text a look, or leaves it as it is. */
    public interface Looks {
        String of(Look look, String text);
    }

    static final Looks PLAIN = (look, text) -> text;

    private final Looks looks;

    public TextDocument(Looks looks) {
        this.looks = looks;
    }

    @Override
    public void write(AuditAnswer answer, OutputStream out) throws IOException {
        var text = new StringBuilder();
        lines(answer, line -> text.append(VisibleText.of(line)).append('\n'));
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Hands over line by line what names and messages could still steer a terminal with. */
    public void lines(AuditAnswer answer, Consumer<String> line) {
        answer.versions().forEach(version -> version(version, line));
        findings(answer, line);
        line.accept("");
        checked(answer, line);
        answer.trusted().forEach(trusted -> line.accept("  on trust: " + trusted));
    }

    private void version(Provenance version, Consumer<String> line) {
        boolean renamed = !version.entry().model().equals(version.entry().recordedModel());
        line.accept(looks.of(
                        Look.VERSION,
                        version.entry().model() + "@" + version.id().hex())
                + (renamed ? " (made as " + version.entry().recordedModel() + ")" : ""));
        VersionFacts.of(version).forEach(fact -> fact(version, fact, line));
        line.accept("");
    }

    private void fact(Provenance version, Fact fact, Consumer<String> line) {
        String first = fact.text().lines().findFirst().orElse("");
        String more = first.length() < fact.text().length() ? " …" : "";
        switch (fact.what()) {
            case "message", "missing" -> line.accept("  " + first);
            case "author" -> line.accept("  by " + first);
            case "parent" -> line.accept("  " + (version.entry().parents().isEmpty() ? "a root" : first));
            case "sharing" -> {
                boolean kept = version.sharing().stream()
                        .filter(standing -> standing.text().equals(fact.text()))
                        .allMatch(standing -> standing.kept());
                line.accept("  " + looks.of(kept ? Look.GOOD : Look.FAULT, fact.text()));
            }
            default -> line.accept("  " + fact.what() + ": " + first + more);
        }
    }

    private void findings(AuditAnswer answer, Consumer<String> line) {
        Map<VersionId, Provenance> versions = answer.byId();
        int count = answer.findings().size();
        line.accept(looks.of(Look.HEADING, count == 0 ? "No gaps" : "Gaps (" + count + ")"));
        for (Finding finding : answer.findings()) {
            Look look = finding.gap() == Gap.NOT_VERIFIED ? Look.FAULT : Look.GAP;
            line.accept("  " + looks.of(look, Words.gap(finding)) + "  " + Words.name(versions, finding.version())
                    + ": " + finding.text());
        }
    }

    private void checked(AuditAnswer answer, Consumer<String> line) {
        Checked checked = answer.checked();
        line.accept("Checked " + checked.versions() + " version(s): " + checked.gitObjects()
                + " commits, trees, manifests and small files"
                + (checked.deep()
                        ? ", " + checked.blocks() + " blocks (" + checked.bytes() + " bytes)"
                        : "; no blocks (--deep does)")
                + (checked.signatures() ? ", signatures" : "; signatures are not checked") + ". "
                + (answer.verified() ? "Verification passed." : "Verification FAILED."));
    }
}
