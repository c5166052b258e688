package dev.mgit.hooks.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.hooks.licence.Obligation;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Licence;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CarriedLicencesTest {
    private static final VersionId ROOT = id(1);
    private static final VersionId MIDDLE = id(2);
    private static final VersionId LEAF = id(3);

    private static VersionId id(int number) {
        return new VersionId(String.valueOf(number).repeat(40));
    }

    private static Entry entry(VersionId id, String licence, Parent... parents) {
        return new Entry(
                id,
                "m",
                "m",
                true,
                new Person("Ada", "ada@example.org"),
                Instant.EPOCH,
                "",
                Optional.of(licence).filter(name -> !name.isEmpty()).map(name -> new Licence(name, "README.md")),
                true,
                List.of(parents),
                List.of(),
                List.of());
    }

    private static Parent parent(VersionId id, EdgeKind kind) {
        return new Parent(id, "m", Optional.ofNullable(kind), Source.DECLARED);
    }

    private static CarriedLicences chain(String root, String middle, String leaf, EdgeKind kind) {
        return licences(List.of(
                entry(LEAF, leaf, parent(MIDDLE, kind)),
                entry(MIDDLE, middle, parent(ROOT, EdgeKind.FINETUNE)),
                entry(ROOT, root)));
    }

    private static CarriedLicences licences(List<Entry> entries) {
        return new CarriedLicences(entries, version -> List.of());
    }

    private static CarriedLicences chainWithData(String licenceOfData, String leaf) {
        var data = new DataFact("chats", Optional.empty(), Optional.empty(), Optional.of(licenceOfData), "declared");
        return new CarriedLicences(
                List.of(
                        entry(LEAF, leaf, parent(MIDDLE, EdgeKind.QUANTIZE)),
                        entry(MIDDLE, "", parent(ROOT, EdgeKind.FINETUNE)),
                        entry(ROOT, "apache-2.0")),
                version -> version.equals(MIDDLE) ? List.of(data) : List.of());
    }

    private static List<String> conflicts(CarriedLicences licences, VersionId version) {
        return licences.conflicts(version).stream().map(Finding::text).toList();
    }

    @Test
    void anObligationIsCarriedThroughVersionsWithoutLicence() {
        CarriedLicences licences = chain("cc-by-nc-4.0", "", "mit", EdgeKind.QUANTIZE);
        assertThat(conflicts(licences, MIDDLE)).isEmpty();
        assertThat(conflicts(licences, LEAF))
                .containsExactly("MIT allows commercial use, but it is made from m@1111111111, which is under "
                        + "CC-BY-NC-4.0");
        assertThat(licences.of(LEAF).inherited()).containsKeys(Obligation.ATTRIBUTION, Obligation.NON_COMMERCIAL);
    }

    @Test
    void aConflictIsToldWhereItBeginsAndNotAgain() {
        CarriedLicences licences = chain("cc-by-nc-4.0", "mit", "apache-2.0", EdgeKind.QUANTIZE);
        assertThat(conflicts(licences, MIDDLE)).hasSize(1);
        assertThat(conflicts(licences, LEAF)).isEmpty();
    }

    @Test
    void shareAlikeAsksForTheSameLicence() {
        assertThat(conflicts(chain("cc-by-sa-4.0", "cc-by-sa-4.0", "mit", EdgeKind.MERGE), LEAF))
                .singleElement()
                .asString()
                .contains("is not the license of");
        assertThat(conflicts(chain("gpl-3.0", "GPL-3.0-only", "gpl-3.0 AND mit", EdgeKind.MERGE), LEAF))
                .isEmpty();
    }

    @Test
    void useRestrictionsHaveToBePassedOn() {
        assertThat(conflicts(chain("llama3", "llama3", "apache-2.0", EdgeKind.ADAPTER), LEAF))
                .containsExactly(
                        "Apache-2.0 does not pass on the use restrictions of m@2222222222, which is under llama3");
        assertThat(conflicts(chain("llama3", "llama3", "our own words", EdgeKind.ADAPTER), LEAF))
                .isEmpty();
    }

    @Test
    void withoutDerivativesOnlyCopiesMayBePassedOn() {
        CarriedLicences licences = chain("cc-by-nd-4.0", "", "cc-by-nd-4.0", EdgeKind.COPY);
        assertThat(conflicts(licences, MIDDLE)).singleElement().asString().contains("changed form");
        assertThat(conflicts(licences, LEAF)).isEmpty();
        assertThat(licences(List.of(
                                entry(MIDDLE, "cc-by-nd-4.0", parent(ROOT, EdgeKind.COPY)),
                                entry(ROOT, "cc-by-nd-4.0")))
                        .conflicts(MIDDLE))
                .isEmpty();
    }

    @Test
    void theOwnerOfAModelMayChooseAnotherLicenceForItsNextVersion() {
        CarriedLicences licences = licences(List.of(entry(MIDDLE, "mit", parent(ROOT, null)), entry(ROOT, "gpl-3.0")));
        assertThat(licences.conflicts(MIDDLE)).isEmpty();
    }

    @Test
    void aChoiceOfLicencesDropsNothingThatEachKeeps() {
        assertThat(conflicts(chain("mit OR cc-by-nc-4.0", "mit", "mit", EdgeKind.FINETUNE), MIDDLE))
                .isEmpty();
        assertThat(conflicts(chain("cc-by-nc-4.0", "mit OR cc-by-nc-4.0", "", EdgeKind.FINETUNE), MIDDLE))
                .hasSize(1);
    }

    @Test
    void whatTheLicenceOfDataAsksIsCarriedToo() {
        CarriedLicences licences = chainWithData("cc-by-nc-4.0", "mit");
        assertThat(licences.of(ROOT).inherited()).isEmpty();
        assertThat(licences.of(MIDDLE).inherited()).containsKeys(Obligation.ATTRIBUTION, Obligation.NON_COMMERCIAL);
        assertThat(conflicts(licences, MIDDLE)).isEmpty();
        assertThat(conflicts(licences, LEAF))
                .containsExactly(
                        "MIT allows commercial use, but it is made from data 'chats' of m@2222222222, which is "
                                + "under CC-BY-NC-4.0");
        assertThat(conflicts(chainWithData("cc-by-nc-4.0", "cc-by-nc-4.0"), LEAF))
                .isEmpty();
        assertThat(conflicts(chainWithData("our own words", "mit"), LEAF)).isEmpty();
    }

    @Test
    void aModelIsNotTakenForAChangedFormOfItsData() {
        CarriedLicences licences = chainWithData("cc-by-sa-4.0", "mit");
        assertThat(licences.of(LEAF).inherited()).containsOnlyKeys(Obligation.ATTRIBUTION);
        assertThat(conflicts(licences, LEAF)).isEmpty();
        assertThat(conflicts(chainWithData("cc-by-nd-4.0", "mit"), LEAF)).isEmpty();
    }
}
