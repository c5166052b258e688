package dev.mgit.hooks.audit.document;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.DataFact;
import dev.mgit.hooks.audit.ModelFiles;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The answer as SPDX 3.0.1 in JSON-LD, profiles AI, dataset and simple licensing: versions are {@code AIPackage}s. */
final class SpdxDocument implements AuditDocument {
    private static final String CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
    private static final String TOOL = "urn:mgit:tool";

    private final ModelFiles files;
    private final String release;

    SpdxDocument(ModelFiles files, String release) {
        this.files = files;
        this.release = release;
    }

    @Override
    public void write(AuditAnswer answer, OutputStream out) throws IOException {
        Map<String, DataFact> data = DataSets.of(answer);
        var elements = new SpdxElements(files, data.values());
        Map<String, Person> people = new TreeMap<>();
        TreeSet<String> licences = new TreeSet<>();
        Instant latest = answer.asked().stream()
                .map(version -> version.entry().when())
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
        answer.versions().forEach(version -> {
            if (version.entry().present()) {
                people.put(
                        SpdxElements.id(version.entry().author()),
                        version.entry().author());
            }
            version.licensing().own().map(LicenceExpression::text).ifPresent(licences::add);
        });
        data.values().stream()
                .flatMap(one -> one.licence().stream())
                .map(licence -> LicenceExpression.read(licence).text())
                .forEach(licences::add);
        String maker = people.isEmpty() ? TOOL : people.keySet().iterator().next();
        Stream<JsonObject> graph = Stream.of(
                        Stream.of(creation(latest, maker), document(answer), tool()),
                        people.entrySet().stream().map(one -> SpdxElements.person(one.getKey(), one.getValue())),
                        licences.stream().map(SpdxElements::licence),
                        data.values().stream().flatMap(one -> SpdxElements.data(one, maker)),
                        answer.versions().stream().flatMap(elements::version))
                .flatMap(one -> one);
        new JsonStream(out).field("@context", CONTEXT).array("@graph", graph).end();
    }

    private static JsonObject creation(Instant at, String maker) {
        return JsonMembers.of(
                "type",
                "CreationInfo",
                "@id",
                SpdxElements.CREATION,
                "specVersion",
                "3.0.1",
                "created",
                Words.time(at),
                "createdBy",
                List.of(maker),
                "createdUsing",
                List.of(TOOL));
    }

    private JsonObject tool() {
        return SpdxElements.element("Tool", TOOL, "name", "mgit " + release);
    }

    private static JsonObject document(AuditAnswer answer) {
        String subject = answer.subjects().get(0).hex();
        return SpdxElements.element(
                "SpdxDocument",
                "urn:mgit:audit:" + subject,
                "name",
                "provenance of " + answer.asked().get(0).name(),
                "profileConformance",
                List.of("core", "software", "ai", "dataset", "simpleLicensing"),
                "rootElement",
                answer.asked().stream()
                        .map(Provenance::id)
                        .map(SpdxElements::id)
                        .toList(),
                "comment",
                String.join("; ", answer.trusted()));
    }
}
