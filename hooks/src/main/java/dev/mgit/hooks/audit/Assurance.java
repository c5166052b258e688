package dev.mgit.hooks.audit;

import dev.mgit.lineage.query.AuditReport.Checked;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.query.AuditReport.Signature;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.util.ArrayList;
import java.util.List;

/** Says what an audit proves, and what it takes on trust. */
final class Assurance {
    private Assurance() {}

    /** What was checked and holds. */
    static List<String> held(Checked checked, boolean verified) {
        List<String> held = new ArrayList<>();
        if (!verified) {
            return held;
        }
        held.add(checked.versions() + " versions, with " + checked.gitObjects()
                + " commits, trees, manifests and small files, are what their ids say, so every parent is the one "
                + "that was recorded");
        if (checked.deep()) {
            held.add(checked.blocks() + " stored blocks decode to the bytes that their hashes name");
        }
        return held;
    }

    /** @param unproven what no check of this repository can prove */
    static List<String> trusted(Checked checked, List<Provenance> versions, String unproven) {
        List<String> trusted = new ArrayList<>();
        long unsigned = versions.stream()
                .filter(version -> version.entry().signatures().stream().noneMatch(Signature::valid))
                .count();
        if (unsigned > 0) {
            trusted.add("authors, times and messages of " + unsigned + (unsigned == 1 ? " version" : " versions")
                    + " are as whoever made the commits wrote " + "them; "
                    + (checked.signatures() ? "no signature over them holds" : "no signature was checked"));
        }
        if (!checked.deep()) {
            trusted.add("the weights are as stored; no block was read (--deep does)");
        }
        if (versions.stream().anyMatch(version -> version.recipe().isPresent())) {
            trusted.add("recipes are as recorded when they ran; none was run again ('mgit rerun --check' does)");
        }
        if (versions.stream().anyMatch(version -> !version.tests().isEmpty())) {
            trusted.add("test results are as noted when the tests ran; none was run again");
        }
        if (versions.stream().anyMatch(version -> !version.data().isEmpty())) {
            trusted.add("digests and licenses of data are as declared; no data was read");
        }
        trusted.add("licenses, intended uses and limits are as the models' own files state them");
        long inferred = versions.stream()
                .flatMap(version -> version.entry().parents().stream())
                .filter(Assurance::isInferred)
                .count();
        if (inferred > 0) {
            trusted.add(inferred + " edges were inferred from the weights; nobody declared them");
        }
        long unknown = versions.stream()
                .filter(version -> version.licensing()
                        .own()
                        .filter(licence -> !licence.isKnown())
                        .isPresent())
                .count();
        if (unknown > 0) {
            trusted.add("what the licenses of " + unknown + " versions ask is not known here");
        }
        trusted.add(unproven);
        return trusted;
    }

    private static boolean isInferred(Parent parent) {
        return parent.source() == Source.INFERRED;
    }
}
