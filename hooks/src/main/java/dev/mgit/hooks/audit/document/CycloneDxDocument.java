package dev.mgit.hooks.audit.document;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.DataFact;
import dev.mgit.hooks.audit.ModelFiles;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A bill of materials after CycloneDX 1.6: every version a component of type {@code machine-learning-model}, data sets
 * components of type {@code data}. The version asked about is what the bill is of.
 */
final class CycloneDxDocument implements AuditDocument {
    private final ModelFiles files;
    private final String release;

    CycloneDxDocument(ModelFiles files, String release) {
        this.files = files;
        this.release = release;
    }

    @Override
    public void write(AuditAnswer answer, OutputStream out) throws IOException {
        Map<VersionId, Provenance> versions = answer.byId();
        var components = new CycloneDxComponents(answer, versions, files);
        Optional<Provenance> subject =
                answer.subjects().size() == 1 ? Optional.of(answer.asked().get(0)) : Optional.empty();
        new JsonStream(out)
                .field("bomFormat", "CycloneDX")
                .field("specVersion", "1.6")
                .field("serialNumber", "urn:uuid:" + serial(answer))
                .field("version", 1)
                .field("metadata", metadata(answer, subject.map(components::model)))
                .array(
                        "components",
                        Stream.concat(
                                answer.versions().stream()
                                        .filter(version -> !Optional.of(version).equals(subject))
                                        .map(components::model),
                                DataSets.of(answer).values().stream().map(CycloneDxComponents::data)))
                .array("dependencies", answer.versions().stream().map(version -> dependency(version, versions)))
                .end();
    }

    /** The same for the same versions, whoever asks. */
    private static UUID serial(AuditAnswer answer) {
        String ids = answer.subjects().stream().map(VersionId::hex).collect(Collectors.joining(","));
        return UUID.nameUUIDFromBytes(("mgit audit " + ids).getBytes(StandardCharsets.UTF_8));
    }

    private JsonObject metadata(AuditAnswer answer, Optional<JsonObject> subject) {
        Instant latest = answer.asked().stream()
                .map(version -> version.entry().when())
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
        return JsonMembers.of(
                "timestamp",
                Words.time(latest),
                "tools",
                JsonMembers.of(
                        "components",
                        List.of(JsonMembers.of("type", "application", "name", "mgit", "version", release))),
                "component",
                subject,
                "properties",
                properties(answer));
    }

    private static List<JsonObject> properties(AuditAnswer answer) {
        List<JsonObject> properties = new ArrayList<>();
        properties.add(CycloneDxComponents.property("mgit:verified", String.valueOf(answer.verified())));
        answer.held().forEach(held -> properties.add(CycloneDxComponents.property("mgit:checked", held)));
        answer.trusted().forEach(trust -> properties.add(CycloneDxComponents.property("mgit:trusted", trust)));
        return properties;
    }

    private static JsonObject dependency(Provenance version, Map<VersionId, Provenance> versions) {
        Stream<String> parents = version.entry().parents().stream()
                .map(parent -> parent.version())
                .filter(versions::containsKey)
                .map(CycloneDxComponents::ref);
        Stream<String> data = version.data().stream().map(CycloneDxDocument::dataRef);
        return JsonMembers.of(
                "ref",
                CycloneDxComponents.ref(version.id()),
                "dependsOn",
                Stream.concat(parents, data).distinct().toList());
    }

    private static String dataRef(DataFact data) {
        return CycloneDxComponents.ref(data);
    }
}
