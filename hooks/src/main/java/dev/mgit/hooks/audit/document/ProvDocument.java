package dev.mgit.hooks.audit.document;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.DataFact;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.hooks.audit.document.JsonStream.Member;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The answer as W3C PROV-JSON: versions and data sets are entities, runs of recipes activities, authors agents. How an
 * activity ended is part of it; the schema misspells the record that would say so.
 */
final class ProvDocument implements AuditDocument {
    @Override
    public void write(AuditAnswer answer, OutputStream out) throws IOException {
        Map<String, DataFact> data = DataSets.of(answer);
        new JsonStream(out)
                .field("prefix", JsonMembers.of("mgit", "urn:mgit:"))
                .object(
                        "entity",
                        Stream.concat(
                                answer.versions().stream().map(ProvDocument::entity),
                                data.entrySet().stream().map(one -> entity(one.getKey(), one.getValue()))))
                .object("activity", made(answer).map(ProvDocument::activity))
                .object("agent", agents(answer))
                .object("wasDerivedFrom", answer.versions().stream().flatMap(ProvDocument::derivations))
                .object(
                        "wasGeneratedBy",
                        made(answer)
                                .map(version -> member(
                                        "generated-" + version.id().hex(),
                                        "prov:entity",
                                        entityId(version.id().hex()),
                                        "prov:activity",
                                        runId(version),
                                        "prov:time",
                                        ended(version))))
                .object("used", made(answer).flatMap(ProvDocument::uses))
                .object(
                        "wasAssociatedWith",
                        made(answer)
                                .map(version -> member(
                                        "associated-" + version.id().hex(),
                                        "prov:activity",
                                        runId(version),
                                        "prov:agent",
                                        agentId(version.entry().author()))))
                .object(
                        "wasAttributedTo",
                        answer.versions().stream()
                                .filter(version -> version.entry().present())
                                .map(version -> member(
                                        "attributed-" + version.id().hex(),
                                        "prov:entity",
                                        entityId(version.id().hex()),
                                        "prov:agent",
                                        agentId(version.entry().author()))))
                .end();
    }

    private static Stream<Provenance> made(AuditAnswer answer) {
        return answer.versions().stream().filter(version -> version.recipe().isPresent());
    }

    private static Recipe recipe(Provenance version) {
        return version.recipe().orElseThrow().made();
    }

    private static Member member(String name, @Nullable Object... namesAndValues) {
        return new Member("_:" + name, JsonMembers.of(namesAndValues));
    }

    private static String entityId(String hex) {
        return "mgit:version-" + hex;
    }

    private static String dataId(DataFact data) {
        return "mgit:data-" + DataSets.key(data);
    }

    private static String runId(Provenance version) {
        return "mgit:run-" + version.id().hex();
    }

    private static String agentId(Person person) {
        return "mgit:agent-" + FolderTools.digest(person.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Member entity(Provenance version) {
        return new Member(
                entityId(version.id().hex()),
                JsonMembers.of(
                        "prov:label", version.name(),
                        "mgit:type", "model-version",
                        "mgit:model", version.entry().model(),
                        "mgit:licence", version.licensing().own().map(licence -> licence.text()),
                        "mgit:committed",
                                version.entry().present() ? time(version.entry().when()) : null,
                        "mgit:message", version.entry().subject()));
    }

    private static Member entity(String key, DataFact data) {
        return new Member(
                "mgit:data-" + key,
                JsonMembers.of(
                        "prov:label", data.name(),
                        "mgit:type", "data-set",
                        "mgit:sha256", data.sha256(),
                        "mgit:licence", data.licence()));
    }

    private static JsonObject time(Instant instant) {
        return JsonMembers.of("$", Words.time(instant), "type", "xsd:dateTime");
    }

    private static Member activity(Provenance version) {
        Recipe made = recipe(version);
        return new Member(
                runId(version),
                JsonMembers.of(
                        "prov:startTime", Words.time(made.circumstances().started()),
                        "prov:endTime", ended(version),
                        "prov:label", String.join(" ", made.command()),
                        "mgit:code", made.circumstances().code().map(Recipe.Code::revision)));
    }

    private static String ended(Provenance version) {
        Recipe.Circumstances at = recipe(version).circumstances();
        return Words.time(at.started().plusMillis((long) (at.seconds() * 1000)));
    }

    private static Stream<Member> agents(AuditAnswer answer) {
        Map<String, Person> people = new TreeMap<>();
        answer.versions().stream()
                .filter(version -> version.entry().present())
                .map(version -> version.entry().author())
                .forEach(person -> people.put(agentId(person), person));
        return people.entrySet().stream()
                .map(one -> new Member(
                        one.getKey(),
                        JsonMembers.of(
                                "prov:type", JsonMembers.of("$", "prov:Person", "type", "prov:QUALIFIED_NAME"),
                                "prov:label", one.getValue().toString())));
    }

    private static Stream<Member> derivations(Provenance version) {
        return version.entry().parents().stream().map(parent -> derivation(version, parent));
    }

    private static Member derivation(Provenance version, Parent parent) {
        return member(
                "derived-" + version.id().hex() + "-" + parent.version().hex() + "-" + Words.kind(parent),
                "prov:generatedEntity",
                entityId(version.id().hex()),
                "prov:usedEntity",
                entityId(parent.version().hex()),
                "mgit:kind",
                Words.kind(parent),
                "mgit:source",
                Words.word(parent.source()));
    }

    private static Stream<Member> uses(Provenance version) {
        String hex = version.id().hex();
        Stream<Member> parents = version.entry().parents().stream()
                .map(parent -> parent.version().hex())
                .distinct()
                .map(parent -> member(
                        "used-" + hex + "-" + parent,
                        "prov:activity",
                        runId(version),
                        "prov:entity",
                        entityId(parent)));
        Stream<Member> data = version.data().stream()
                .map(one -> member(
                        "used-" + hex + "-" + DataSets.key(one),
                        "prov:activity",
                        runId(version),
                        "prov:entity",
                        dataId(one)));
        return Stream.concat(parents, data);
    }
}
