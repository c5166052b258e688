package dev.mgit.lineage.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.lineage.graph.MadeLineage;
import dev.mgit.lineage.query.Audit.Signatures;
import dev.mgit.lineage.query.Audit.Verified;
import dev.mgit.lineage.query.Audit.Verifier;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Gap;
import dev.mgit.lineage.query.AuditReport.Licence;
import dev.mgit.lineage.query.AuditReport.Signature;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

class AuditTest {
    private static final Verifier SOUND = (versions, deep) -> new Verified(Map.of(), 0, 0, 0);

    private final MadeLineage made = new MadeLineage();

    private AuditReport audit(VersionId subject, Verifier verifier) {
        return new Audit(made.graph(), made.lineage, verifier, Optional.empty()).of(subject, false);
    }

    @Test
    void listsEveryAncestorWithEdgesPinnedByHashAndNamesTheGaps() {
        VersionId base = made.commit(
                made.version("base").file("README.md", "---\nlicense: apache-2.0\ntags:\n- x\n---\n# Base\n"));
        VersionId next = made.commit(made.version("base").after(base).file("LICENSE", "\n  MIT License\nmore"));
        VersionId tuned = made.commit(made.version("tuned")
                .from(next, "base", EdgeKind.FINETUNE)
                .extra("recipe.json", "{}")
                .trailer("License", "MIT"));
        VersionId other = made.commit(made.version("other"));
        made.addEdge(tuned, other, "other", EdgeKind.DISTILL, Source.INFERRED);
        made.removeEdge(tuned, base, "base", EdgeKind.MERGE);
        AuditReport report = audit(tuned, SOUND);

        assertThat(report.entries())
                .extracting(Entry::version)
                .startsWith(tuned)
                .containsOnlyOnce(base, next, other);
        Entry subject = report.entries().get(0);
        assertThat(subject.parents())
                .extracting(AuditReport.Parent::version, AuditReport.Parent::kind, AuditReport.Parent::source)
                .containsExactly(
                        Tuple.tuple(next, Optional.of(EdgeKind.FINETUNE), Source.DECLARED),
                        Tuple.tuple(other, Optional.of(EdgeKind.DISTILL), Source.INFERRED));
        assertThat(subject.later()).hasSize(2);
        assertThat(subject.recipe()).isTrue();
        assertThat(subject.licence()).contains(new Licence("MIT", "trailer License"));
        assertThat(entry(report, next).licence()).contains(new Licence("MIT License", "LICENSE"));
        assertThat(entry(report, base).licence()).contains(new Licence("apache-2.0", "README.md"));
        assertThat(report.findings())
                .extracting(Finding::gap, Finding::version)
                .containsExactlyInAnyOrder(
                        Tuple.tuple(Gap.INFERRED_EDGE, tuned),
                        Tuple.tuple(Gap.NO_PARENT_KNOWN, base),
                        Tuple.tuple(Gap.NO_PARENT_KNOWN, other),
                        Tuple.tuple(Gap.NO_LICENCE, other));
        assertThat(report.verified()).isTrue();
        assertThat(report.checked()).isEqualTo(new AuditReport.Checked(4, 0, false, 0, 0, false));
    }

    private static Entry entry(AuditReport report, VersionId version) {
        return report.entries().stream()
                .filter(entry -> entry.version().equals(version))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aRootThatSaysItWasDerivedIsAGap() {
        for (String readme : List.of(
                "---\nbase_model: org/base\n---\n",
                "---\nbase_model:\n- org/base\n- org/other\n---\n",
                "---\r\nbase_model: [\"org/base\", b]\r\n---\r\n")) {
            VersionId claimed = made.commit(made.version("claimed").file("README.md", readme));
            assertThat(audit(claimed, SOUND).findings())
                    .filteredOn(finding -> finding.gap() == Gap.NO_PARENT_KNOWN)
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text()).contains("'org/base'"));
        }
        VersionId adapter = made.commit(
                made.version("adapter").file("adapter_config.json", "{\"base_model_name_or_path\":\"org/base\"}"));
        assertThat(audit(adapter, SOUND).findings()).extracting(Finding::gap).contains(Gap.NO_PARENT_KNOWN);
    }

    @Test
    void damagedClaimsAreNoClaims() {
        VersionId odd = made.commit(made.version("odd")
                .file("README.md", "---\nlicense: mit\nno end")
                .file("adapter_config.json", "{{")
                .file("LICENSE", " \n\n"));
        assertThat(audit(odd, SOUND).findings())
                .extracting(Finding::gap)
                .containsExactly(Gap.NO_PARENT_KNOWN, Gap.NO_LICENCE);
    }

    @Test
    void aDerivationWithoutRecipeIsAGap() {
        VersionId base = made.commit(made.version("base").trailer("License", "MIT"));
        VersionId tuned = made.commit(
                made.version("tuned").from(base, "base", EdgeKind.PRUNE).trailer("License", "MIT"));
        assertThat(audit(tuned, SOUND).findings())
                .extracting(Finding::gap, Finding::version)
                .containsExactly(Tuple.tuple(Gap.NO_RECIPE, tuned), Tuple.tuple(Gap.NO_PARENT_KNOWN, base));
    }

    @Test
    void whatDoesNotVerifyMakesTheAuditFail() {
        VersionId base =
                made.commit(made.version("base").trailer("License", "MIT").extra("recipe.json", "{}"));
        VersionId next = made.commit(made.version("base").after(base).trailer("License", "MIT"));
        List<Object> asked = new ArrayList<>();
        Verifier verifier = (versions, deep) -> {
            asked.addAll(versions);
            asked.add(deep);
            return new Verified(Map.of(base, List.of("manifest of a.bin does not match its id")), 7, 5, 3);
        };
        Signatures signatures = version -> List.of(new Signature("ada", true));
        AuditReport report = new Audit(made.graph(), made.lineage, verifier, Optional.of(signatures)).of(next, true);
        assertThat(report.verified()).isFalse();
        assertThat(report.findings())
                .containsExactly(new Finding(Gap.NOT_VERIFIED, base, "manifest of a.bin does not match its id"));
        assertThat(asked).containsExactly(next, base, true);
        assertThat(report.checked()).isEqualTo(new AuditReport.Checked(2, 7, true, 5, 3, true));
        assertThat(report.entries().get(0).signatures()).containsExactly(new Signature("ada", true));
    }
}
