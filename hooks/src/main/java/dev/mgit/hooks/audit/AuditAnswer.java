package dev.mgit.hooks.audit;

import dev.mgit.lineage.query.AuditReport.Checked;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What versions are built from, checked, with all that is known of how.
 *
 * @param subjects the versions asked about
 * @param versions these and every ancestor, children before parents
 * @param findings gaps and faults, in the order of the versions
 * @param verified false if something stored is not what it should be
 * @param held what was checked and holds, one sentence each
 * @param trusted what the answer takes on trust, one sentence each
 */
public record AuditAnswer(
        List<VersionId> subjects,
        List<Provenance> versions,
        List<Finding> findings,
        Checked checked,
        boolean verified,
        List<String> held,
        List<String> trusted) {
    public AuditAnswer {
        subjects = List.copyOf(subjects);
        versions = List.copyOf(versions);
        findings = List.copyOf(findings);
        held = List.copyOf(held);
        trusted = List.copyOf(trusted);
    }

    /** The versions by id, in order. */
    public Map<VersionId, Provenance> byId() {
        return versions.stream().collect(Collectors.toMap(Provenance::id, one -> one, (a, b) -> a, LinkedHashMap::new));
    }

    /** What is said of a version. */
    public Optional<Provenance> of(VersionId version) {
        return versions.stream().filter(one -> one.id().equals(version)).findFirst();
    }

    /** The versions asked about, in order. */
    public List<Provenance> asked() {
        Map<VersionId, Provenance> all = byId();
        return subjects.stream().map(all::get).toList();
    }
}
