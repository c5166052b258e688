package dev.mgit.hooks.audit.document;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.audit.DataFact;
import dev.mgit.hooks.audit.ModelFiles;
import dev.mgit.hooks.audit.ModelFiles.FileFact;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.hooks.audit.TestOutcome;
import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The elements of an SPDX 3 graph. */
final class SpdxElements {
    /** The node that says when and by whom all elements were made. */
    static final String CREATION = "_:creation";

    private final ModelFiles files;
    /** Data of tests that is an element already. */
    private final Set<String> testData = new HashSet<>();

    /** @param data the data sets that are elements already */
    SpdxElements(ModelFiles files, Collection<DataFact> data) {
        this.files = files;
        data.forEach(one -> testData.add(id(one)));
    }

    static String id(VersionId version) {
        return "urn:mgit:version:" + version.hex();
    }

    static String id(Person person) {
        return "urn:mgit:person:" + digest(person.toString());
    }

    private static String id(DataFact data) {
        return "urn:mgit:data:" + DataSets.key(data);
    }

    private static String licenceId(String text) {
        return "urn:mgit:licence:" + digest(text);
    }

    private static String digest(String text) {
        return FolderTools.digest(text.getBytes(StandardCharsets.UTF_8));
    }

    static JsonObject element(String type, String id, @Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("type", type);
        members.put("spdxId", id);
        members.put("creationInfo", CREATION);
        members.putAll(JsonMembers.of(namesAndValues).members());
        return new JsonObject(members);
    }

    static JsonObject person(String id, Person person) {
        return element("Person", id, "name", person.toString());
    }

    static JsonObject licence(String text) {
        return element(
                "simplelicensing_LicenseExpression",
                licenceId(text),
                "simplelicensing_licenseExpression",
                LicenceExpression.read(text).isSpdx() ? text : "LicenseRef-" + text.replaceAll("[^A-Za-z0-9.-]+", "-"));
    }

    /** A data set with its licence. */
    static Stream<JsonObject> data(DataFact data, String supplier) {
        JsonObject element = element(
                "dataset_DatasetPackage",
                id(data),
                "name",
                data.name(),
                "verifiedUsing",
                hashes(data.sha256()),
                "originatedBy",
                List.of(supplier),
                "software_downloadLocation",
                id(data),
                "software_primaryPurpose",
                "data",
                "dataset_datasetType",
                List.of("noAssertion"));
        return Stream.concat(
                Stream.of(element),
                data.licence().stream()
                        .map(licence -> relation(
                                "hasDeclaredLicense",
                                id(data),
                                List.of(licenceId(
                                        LicenceExpression.read(licence).text())))));
    }

    private static List<JsonObject> hashes(Optional<String> sha256) {
        return sha256.stream()
                .map(digest -> JsonMembers.of("type", "Hash", "algorithm", "sha256", "hashValue", digest))
                .toList();
    }

    private static JsonObject relation(String type, String from, List<String> to) {
        return element(
                "Relationship",
                "urn:mgit:relation:" + digest(type + " " + from + " " + to),
                "from",
                from,
                "to",
                to,
                "relationshipType",
                type);
    }

    /** A version, its files, and what it is related to. */
    Stream<JsonObject> version(Provenance version) {
        List<FileFact> all = files.of(version.id());
        String id = id(version.id());
        List<JsonObject> elements = new ArrayList<>();
        elements.add(model(version, all));
        for (FileFact file : all) {
            elements.add(element(
                    "software_File", fileId(id, file), "name", file.path(), "verifiedUsing", hashes(file.sha256())));
        }
        relate(elements, "contains", id, all.stream().map(file -> fileId(id, file)));
        relate(elements, "descendantOf", id, version.entry().parents().stream().map(parent -> id(parent.version())));
        relate(elements, "trainedOn", id, version.data().stream().map(SpdxElements::id));
        version.licensing()
                .own()
                .ifPresent(licence -> relate(elements, "hasDeclaredLicense", id, Stream.of(licenceId(licence.text()))));
        for (TestOutcome test : version.tests()) {
            DataFact data = new DataFact(
                    "data of test " + test.test(),
                    Optional.of(test.data()).filter(digest -> digest.matches("\\p{XDigit}{64}")),
                    Optional.empty(),
                    Optional.empty(),
                    "test");
            if (testData.add(id(data))) {
                elements.addAll(data(data, supplier(version.entry())).toList());
            }
            relate(elements, "testedOn", id, Stream.of(id(data)));
        }
        return elements.stream();
    }

    private static String fileId(String version, FileFact file) {
        return version + ":file:" + digest(file.path());
    }

    private static String supplier(Entry entry) {
        return id(entry.author());
    }

    private static void relate(List<JsonObject> elements, String type, String from, Stream<String> to) {
        List<String> ids = to.distinct().toList();
        if (!ids.isEmpty()) {
            elements.add(relation(type, from, ids));
        }
    }

    private static JsonObject model(Provenance version, List<FileFact> all) {
        Entry entry = version.entry();
        if (!entry.present()) {
            return element("software_Package", id(version.id()), "name", entry.model(), "comment", "not here");
        }
        return element(
                "ai_AIPackage",
                id(version.id()),
                "name",
                entry.model(),
                "description",
                entry.subject(),
                "verifiedUsing",
                hashes(ModelFiles.digest(all)),
                "builtTime",
                Words.time(entry.when()),
                "releaseTime",
                Words.time(entry.when()),
                "suppliedBy",
                supplier(entry),
                "software_packageVersion",
                entry.version().hex(),
                "software_downloadLocation",
                id(entry.version()),
                "software_primaryPurpose",
                "model",
                "ai_domain",
                version.card().task().stream().toList(),
                "ai_typeOfModel",
                version.card().family().stream().toList(),
                "ai_informationAboutApplication",
                version.card().intendedUse(),
                "ai_limitation",
                version.card().limits(),
                "ai_informationAboutTraining",
                version.recipe().map(made -> String.join(" ", made.made().command())),
                "ai_metric",
                metrics(version));
    }

    private static List<JsonObject> metrics(Provenance version) {
        Map<String, String> values = new TreeMap<>();
        version.tests()
                .forEach(test -> test.metrics()
                        .forEach((name, value) -> values.put(test.test() + "/" + name, String.valueOf(value))));
        version.numbers()
                .evaluations()
                .forEach(one -> one.compared()
                        .forEach((name, measured) -> values.put(one.name(name), String.valueOf(measured.value()))));
        return values.entrySet().stream()
                .map(one -> JsonMembers.of("type", "DictionaryEntry", "key", one.getKey(), "value", one.getValue()))
                .toList();
    }
}
