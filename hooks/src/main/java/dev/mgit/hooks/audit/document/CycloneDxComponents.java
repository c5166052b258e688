package dev.mgit.hooks.audit.document;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.CardFacts;
import dev.mgit.hooks.audit.DataFact;
import dev.mgit.hooks.audit.ModelFiles;
import dev.mgit.hooks.audit.ModelFiles.FileFact;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The components of a CycloneDX bill of materials. */
final class CycloneDxComponents {
    private final Map<VersionId, Provenance> versions;
    private final ModelFiles files;
    private final Map<VersionId, List<Provenance>> children = new HashMap<>();
    private final Map<VersionId, List<Finding>> findings;
    private final Map<VersionId, Optional<String>> digests = new HashMap<>();

    CycloneDxComponents(AuditAnswer answer, Map<VersionId, Provenance> versions, ModelFiles files) {
        this.versions = versions;
        this.files = files;
        this.findings = answer.findings().stream().collect(Collectors.groupingBy(Finding::version));
        answer.versions()
                .forEach(version -> version.entry()
                        .parents()
                        .forEach(parent -> children.computeIfAbsent(parent.version(), id -> new ArrayList<>())
                                .add(version)));
    }

    static String ref(VersionId version) {
        return "mgit:" + version.hex();
    }

    static String ref(DataFact data) {
        return "data:" + DataSets.key(data);
    }

    static JsonObject property(String name, String value) {
        return JsonMembers.of("name", name, "value", value);
    }

    /** A version with its files, its card and what it was made from. */
    JsonObject model(Provenance version) {
        Entry entry = version.entry();
        List<FileFact> all = files.of(version.id());
        return JsonMembers.of(
                "type", "machine-learning-model",
                "bom-ref", ref(version.id()),
                "authors", entry.present() ? List.of(author(entry.author())) : List.of(),
                "name", entry.model(),
                "version", version.id().hex(),
                "description", Optional.of(entry.subject()).filter(subject -> !subject.isEmpty()),
                "hashes", hashes(ModelFiles.digest(all)),
                "licenses", version.licensing().own().map(CycloneDxComponents::licences),
                "pedigree", pedigree(version),
                "components", all.stream().map(CycloneDxComponents::file).toList(),
                "modelCard",
                        Optional.of(card(version))
                                .filter(card -> !card.members().isEmpty()),
                "properties", properties(version, all));
    }

    /** A data set. */
    static JsonObject data(DataFact data) {
        return JsonMembers.of(
                "type", "data",
                "bom-ref", ref(data),
                "name", data.name(),
                "hashes", hashes(data.sha256()),
                "licenses", data.licence().map(licence -> licences(LicenceExpression.read(licence))),
                "data", List.of(JsonMembers.of("type", "dataset", "name", data.name())));
    }

    private static JsonObject file(FileFact file) {
        return JsonMembers.of(
                "type", "file",
                "name", file.path(),
                "hashes", hashes(file.sha256()),
                "properties", List.of(property("mgit:size", String.valueOf(file.size()))));
    }

    private static List<JsonObject> hashes(Optional<String> sha256) {
        return sha256.stream()
                .map(digest -> JsonMembers.of("alg", "SHA-256", "content", digest))
                .toList();
    }

    /** With the address in the name: the standard's own field takes none within a company's network. */
    private static JsonObject author(Person person) {
        return JsonMembers.of("name", person.toString());
    }

    /** By SPDX's identifier, as an expression, or by name where SPDX has none. */
    private static List<JsonObject> licences(LicenceExpression licence) {
        return List.of(
                licence instanceof LicenceExpression.Licence one
                                && !one.orLater()
                                && one.spdx().isPresent()
                        ? JsonMembers.of("license", JsonMembers.of("id", one.spdx()))
                        : licence.isSpdx()
                                ? JsonMembers.of("expression", licence.text())
                                : JsonMembers.of("license", JsonMembers.of("name", licence.text())));
    }

    /** Declared parents are ancestors; where the weights alone say so, the relation is not known for certain. */
    private JsonObject pedigree(Provenance version) {
        List<Parent> parents = version.entry().parents();
        return JsonMembers.of(
                "ancestors",
                parents.stream()
                        .filter(parent -> parent.source() != Source.INFERRED)
                        .map(this::relative)
                        .toList(),
                "descendants",
                children.getOrDefault(version.id(), List.of()).stream()
                        .map(child -> relative(child.entry().model(), child.id()))
                        .toList(),
                "variants",
                parents.stream()
                        .filter(parent -> parent.source() == Source.INFERRED)
                        .map(this::relative)
                        .toList(),
                "commits",
                version.entry().present() ? List.of(commit(version.entry())) : List.of(),
                "notes",
                notes(version));
    }

    private static String notes(Provenance version) {
        if (!version.entry().present()) {
            return "not in this repository";
        }
        List<Parent> parents = version.entry().parents();
        return parents.isEmpty() ? "a root" : parents.stream().map(Words::edge).collect(Collectors.joining("; "));
    }

    private static JsonObject commit(Entry entry) {
        return JsonMembers.of(
                "uid", entry.version().hex(),
                "author",
                        JsonMembers.of(
                                "timestamp", Words.time(entry.when()),
                                "name", entry.author().toString()),
                "message", entry.subject());
    }

    private JsonObject relative(Parent parent) {
        return relative(parent.model(), parent.version());
    }

    private JsonObject relative(String model, VersionId id) {
        Optional<String> digest = digests.computeIfAbsent(id, version -> ModelFiles.digest(files.of(version)));
        return JsonMembers.of(
                "type",
                "machine-learning-model",
                "name",
                versions.containsKey(id) ? versions.get(id).entry().model() : model,
                "version",
                id.hex(),
                "hashes",
                hashes(digest));
    }

    private static JsonObject card(Provenance version) {
        CardFacts card = version.card();
        List<JsonObject> metrics = new ArrayList<>();
        version.tests()
                .forEach(test -> test.metrics()
                        .forEach((name, value) -> metrics.add(JsonMembers.of(
                                "type",
                                name,
                                "value",
                                String.valueOf(value),
                                "slice",
                                test.test() + ": " + test.status()))));
        version.numbers()
                .evaluations()
                .forEach(one -> one.compared()
                        .forEach((name, measured) -> metrics.add(JsonMembers.of(
                                "type",
                                name,
                                "value",
                                String.valueOf(measured.value()),
                                "slice",
                                one.harness() + ": " + one.scenario()))));
        JsonObject parameters = JsonMembers.of(
                "task", card.task(),
                "architectureFamily", card.family(),
                "modelArchitecture", card.architecture(),
                "datasets",
                        version.data().stream()
                                .map(data -> JsonMembers.of("ref", ref(data)))
                                .toList());
        JsonObject considerations = JsonMembers.of(
                "useCases", card.intendedUse().stream().toList(),
                "technicalLimitations", card.limits().stream().toList());
        return JsonMembers.of(
                "modelParameters", present(parameters),
                "quantitativeAnalysis", present(JsonMembers.of("performanceMetrics", metrics)),
                "considerations", present(considerations));
    }

    private static Optional<JsonObject> present(JsonObject object) {
        return Optional.of(object).filter(one -> !one.members().isEmpty());
    }

    private List<JsonObject> properties(Provenance version, List<FileFact> all) {
        List<JsonObject> properties = new ArrayList<>();
        long parameters = all.stream().mapToLong(FileFact::parameters).sum();
        properties.add(property("mgit:parameters", String.valueOf(parameters)));
        VersionFacts.of(version).stream()
                .filter(fact -> List.of("recipe", "code", "script", "environment", "later", "obligation", "replaced by")
                        .contains(fact.what()))
                .forEach(fact -> properties.add(property("mgit:" + fact.what().replace(' ', '-'), fact.text())));
        findings.getOrDefault(version.id(), List.of())
                .forEach(finding -> properties.add(property("mgit:gap", Words.gap(finding) + ": " + finding.text())));
        return properties;
    }
}
