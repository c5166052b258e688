package dev.mgit.hooks.audit;

import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.sharing.SharingGate;
import dev.mgit.hooks.sharing.Standing;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.query.Audit;
import dev.mgit.lineage.query.AuditReport;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Gap;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.verify.Unproven;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Answers what versions are built from with all that is recorded of how, and names what is not known. */
public final class ProvenanceAudit {
    private final Workspace workspace;
    private final Audit.Verifier verifier;
    private final Optional<Audit.Signatures> signatures;

    /** @param signatures empty if signatures are not to be looked for */
    public ProvenanceAudit(Workspace workspace, Audit.Verifier verifier, Optional<Audit.Signatures> signatures) {
        this.workspace = workspace;
        this.verifier = verifier;
        this.signatures = signatures;
    }

    /**
     * Reads the lineage itself, never an index.
     *
     * @param subjects at least one version
     * @param deep verify every block, not only commits and manifests
     */
    public AuditAnswer of(List<VersionId> subjects, boolean deep) {
        LineageGraph graph = Audit.graph(workspace.lineage(), subjects);
        AuditReport report = new Audit(graph, workspace.lineage(), verifier, signatures).of(subjects, deep);
        var facts = new DeclaredFacts(workspace.lineage());
        var reader = new ProvenanceReader(workspace, facts);
        var licences = new CarriedLicences(report.entries(), reader::data);
        var gaps = new Gaps(graph, facts);
        Function<VersionId, List<Standing>> sharing = sharing(report);
        Map<VersionId, List<Finding>> known =
                report.findings().stream().collect(Collectors.groupingBy(Finding::version));
        List<Provenance> versions = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (Entry entry : report.entries()) {
            VersionId id = entry.version();
            List<Standing> standings = entry.present() ? sharing.apply(id) : List.of();
            Provenance version = reader.of(entry, licences.of(id), standings);
            versions.add(version);
            findings.addAll(known.getOrDefault(id, List.of()));
            reader.unreadable(id).forEach(text -> findings.add(new Finding(Gap.NOT_VERIFIED, id, text)));
            findings.addAll(licences.conflicts(id));
            if (entry.present()) {
                findings.addAll(gaps.of(version));
            }
        }
        boolean verified = findings.stream().noneMatch(finding -> finding.gap() == Gap.NOT_VERIFIED);
        return new AuditAnswer(
                subjects,
                versions,
                findings,
                report.checked(),
                verified,
                Assurance.held(report.checked(), verified),
                Assurance.trusted(report.checked(), versions, Unproven.sentence(workspace.lineage())));
    }

    /** What is declared of each version that is here, and whether it holds; not asked of a damaged lineage. */
    private Function<VersionId, List<Standing>> sharing(AuditReport report) {
        if (!report.verified()) {
            return version -> List.of();
        }
        var gate = new SharingGate(workspace, new Recipes(workspace)::sharing, JobProgress.NONE);
        return version -> gate.standings(version, List.of());
    }
}
