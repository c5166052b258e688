package dev.mgit.lineage.query;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a version is built from, checked.
 *
 * @param subject the version asked about
 * @param entries the subject first, then every ancestor, children before parents
 * @param findings gaps and faults, in the order of the entries
 */
public record AuditReport(VersionId subject, List<Entry> entries, List<Finding> findings, Checked checked) {
    /**
     * One version.
     *
     * @param model the model it belongs to now
     * @param recordedModel the model it was made for
     * @param present false for a parent whose record is not in this repository; then nothing else is known of it
     * @param licence empty where none is recorded
     * @param recipe true if how it was made is recorded so that it can be done again
     * @param parents its edges as they stand
     * @param later who added or withdrew edges since, and when; in the order it was done
     */
    public record Entry(
            VersionId version,
            String model,
            String recordedModel,
            boolean present,
            Person author,
            Instant when,
            String subject,
            Optional<Licence> licence,
            boolean recipe,
            List<Parent> parents,
            List<EdgeNotes.Entry> later,
            List<Signature> signatures) {}

    /**
     * An edge to a parent, pinned by hash.
     *
     * @param model the parent's model when the edge was recorded
     * @param kind empty for a version edge
     */
    public record Parent(VersionId version, String model, Optional<EdgeKind> kind, Source source) {}

    /** A licence and where it is recorded: {@code trailer License}, {@code README.md} or a file's name. */
    public record Licence(String name, String where) {}

    /**
     * Who vouches for a version.
     *
     * @param valid whether the signature was checked and holds
     */
    public record Signature(String signer, boolean valid) {}

    /** What is amiss. */
    public enum Gap {
        /** A root that nothing is known of, or that says of itself that it was derived, but no edge says from what. */
        NO_PARENT_KNOWN,
        /** A parent's record is not in this repository. */
        PARENT_ABSENT,
        /** It was derived, and how is not recorded. */
        NO_RECIPE,
        /** The recipe it was recorded with was replaced by one that was never run for it. */
        RECIPE_REPLACED,
        /** An edge was withdrawn that the recorded recipe, or the message, still names. */
        EDGE_WITHDRAWN,
        /** What it was trained on is not recorded. */
        DATA_UNKNOWN,
        /** Data is named without what would tell it from other data of that name. */
        DATASET_WITHOUT_DIGEST,
        NO_LICENCE,
        /** Its licence does not keep what that of a parent asks for. */
        LICENCE_CONFLICT,
        /** Its files say that it was made from something that no edge leads to. */
        CLAIM_CONTRADICTS_EDGE,
        /** It is in use although its latest result of a test is not a pass. */
        TEST_FAILED,
        /** An edge was found from the weights; no one declared it. */
        INFERRED_EDGE,
        /** Its weights are not those that were committed, only near them. */
        LOSSY,
        /** An edge that would make the version its own ancestor was left out. */
        CIRCULAR_EDGE,
        /** Something stored is not what it should be; the only gap that makes an audit fail. */
        NOT_VERIFIED
    }

    /** A gap in one version, in a sentence. */
    public record Finding(Gap gap, VersionId version, String text) {}

    /**
     * What the audit looked at.
     *
     * @param versions versions whose commits and manifests were verified
     * @param gitObjects commits, trees, manifests and small files verified
     * @param deep true if every stored block was decoded and hashed too
     * @param blocks how many, and the bytes they hold
     * @param signatures true if signatures were looked for
     */
    public record Checked(int versions, int gitObjects, boolean deep, long blocks, long bytes, boolean signatures) {}

    public AuditReport {
        entries = List.copyOf(entries);
        findings = List.copyOf(findings);
    }

    /** False if something stored did not verify. */
    public boolean verified() {
        return findings.stream().noneMatch(finding -> finding.gap() == Gap.NOT_VERIFIED);
    }
}
