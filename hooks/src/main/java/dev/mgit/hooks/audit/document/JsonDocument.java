package dev.mgit.hooks.audit.document;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.DataFact;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.hooks.audit.TestOutcome;
import dev.mgit.hooks.licence.LicenceExpression;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.lineage.query.AuditReport.Checked;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The whole answer as mgit's own JSON. */
final class JsonDocument implements AuditDocument {
    private static final int SCHEMA = 1;

    @Override
    public void write(AuditAnswer answer, OutputStream out) throws IOException {
        new JsonStream(out)
                .field("schema", SCHEMA)
                .field("subject", answer.subjects().get(0).hex())
                .field(
                        "subjects",
                        answer.subjects().stream().map(VersionId::hex).toList())
                .field("verified", answer.verified())
                .field("checked", checked(answer.checked()))
                .field("held", answer.held())
                .field("trusted", answer.trusted())
                .array("versions", answer.versions().stream().map(JsonDocument::version))
                .array(
                        "gaps",
                        answer.findings().stream()
                                .map(finding -> JsonMembers.of(
                                        "gap", Words.word(finding.gap()),
                                        "version", finding.version().hex(),
                                        "text", finding.text())))
                .array(
                        "sharing",
                        answer.versions().stream()
                                .flatMap(version -> version.sharing().stream()
                                        .map(standing -> JsonMembers.of(
                                                "version", version.id().hex(), "standing", standing.toJson()))))
                .end();
    }

    private static JsonObject checked(Checked checked) {
        return JsonMembers.of(
                "versions", checked.versions(),
                "git_objects", checked.gitObjects(),
                "deep", checked.deep(),
                "blocks", checked.blocks(),
                "bytes", checked.bytes(),
                "signatures", checked.signatures());
    }

    /** Lists that are always there, even if empty, stand apart: {@link JsonMembers} leaves empty ones out. */
    private static JsonObject version(Provenance version) {
        Entry entry = version.entry();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("id", entry.version().hex());
        members.put("model", entry.model());
        members.put("recorded_model", entry.recordedModel());
        members.put("present", entry.present());
        if (entry.present()) {
            members.put("author", entry.author().toString());
            members.put("when", entry.when().toString());
            members.put("subject", entry.subject());
        }
        members.put("recipe", entry.recipe());
        entry.licence().ifPresent(licence -> {
            members.put("licence", licence.name());
            members.put("licence_from", licence.where());
        });
        members.put(
                "parents",
                entry.parents().stream()
                        .map(parent -> JsonMembers.of(
                                "id", parent.version().hex(),
                                "model", parent.model(),
                                "kind", Words.kind(parent),
                                "source", Words.word(parent.source())))
                        .toList());
        members.put(
                "later",
                entry.later().stream()
                        .map(later -> JsonMembers.of(
                                "op", Words.word(later.op()),
                                "parent", later.parent().hex(),
                                "kind", later.kind().word(),
                                "by", later.by().toString(),
                                "when", later.when().toString()))
                        .toList());
        members.put(
                "signatures",
                entry.signatures().stream()
                        .map(signature -> JsonMembers.of("signer", signature.signer(), "valid", signature.valid()))
                        .toList());
        more(version).members().forEach(members::put);
        return new JsonObject(members);
    }

    private static JsonObject more(Provenance version) {
        Optional<LicenceExpression> licence = version.licensing().own();
        return JsonMembers.of(
                "licence_expression",
                licence.map(LicenceExpression::text),
                "obligations",
                version.licensing().inherited().entrySet().stream()
                        .map(one -> JsonMembers.of(
                                "obligation", one.getKey().word(),
                                "from", one.getValue().version().hex(),
                                "licence", one.getValue().licence().text()))
                        .toList(),
                "made",
                version.recipe().map(made -> recipe(made.made())),
                "recipe_replaced_by",
                version.recipe().filter(made -> made.original().isPresent()).map(made -> recipe(made.recipe())),
                "data",
                version.data().stream().map(JsonDocument::data).toList(),
                "tests",
                version.tests().stream().map(JsonDocument::test).toList(),
                "evaluations",
                version.numbers().evaluationsJson(),
                "costs",
                version.numbers().costsJson(),
                "serving_plans",
                version.numbers().plansJson(),
                "card",
                Optional.of(card(version)).filter(card -> !card.members().isEmpty()));
    }

    /** Of variables the names only: their values may be secrets. */
    private static JsonObject recipe(Recipe recipe) {
        Recipe.Circumstances at = recipe.circumstances();
        return JsonMembers.of(
                "command", recipe.command(),
                "shell", recipe.shell(),
                "directory", recipe.directory(),
                "code_revision", at.code().map(Recipe.Code::revision),
                "code_changes", at.code().flatMap(Recipe.Code::changes),
                "sources", at.sources(),
                "runtime", at.runtime(),
                "packages", new TreeMap<>(at.packages()),
                "variables",
                        new TreeMap<>(recipe.environment()).keySet().stream().toList(),
                "seed", recipe.seed(),
                "machine", at.machine(),
                "node", at.node(),
                "started", at.started().toString(),
                "seconds", at.seconds());
    }

    private static JsonObject data(DataFact data) {
        return JsonMembers.of(
                "name", data.name(),
                "sha256", data.sha256(),
                "path", data.path(),
                "licence", data.licence(),
                "source", data.source());
    }

    private static JsonObject test(TestOutcome test) {
        return JsonMembers.of(
                "test", test.test(),
                "status", test.status(),
                "text", test.text(),
                "metrics", test.metrics(),
                "data", test.data(),
                "started", test.started().toString(),
                "earlier_failures", test.earlierFailures());
    }

    private static JsonObject card(Provenance version) {
        return JsonMembers.of(
                "intended_use", version.card().intendedUse(),
                "limits", version.card().limits(),
                "task", version.card().task(),
                "languages", version.card().languages(),
                "datasets", List.copyOf(version.card().datasets()),
                "architecture", version.card().architecture(),
                "family", version.card().family());
    }
}
