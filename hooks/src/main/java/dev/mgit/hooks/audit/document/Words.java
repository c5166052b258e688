package dev.mgit.hooks.audit.document;

import dev.mgit.hooks.audit.Provenance;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;

/** The words that several documents share. */
final class Words {
    private Words() {}

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    static String kind(Parent parent) {
        return parent.kind().map(EdgeKind::word).orElse("version");
    }

    /** {@code finetune of base@ID (declared)}, pinned by the whole id. */
    static String edge(Parent parent) {
        return parent.kind().map(EdgeKind::word).orElse("next version") + " of " + parent.model() + "@"
                + parent.version().hex() + " (" + word(parent.source()) + ")";
    }

    /** The kind of a finding, in words. */
    static String gap(Finding finding) {
        return word(finding.gap()).replace('_', ' ');
    }

    static String name(Map<VersionId, Provenance> versions, VersionId id) {
        Provenance version = versions.get(id);
        return version == null ? id.abbreviated() : version.name();
    }

    /** A moment without fractions of a second, as every standard takes it. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
