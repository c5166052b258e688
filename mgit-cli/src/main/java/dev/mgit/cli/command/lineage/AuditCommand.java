package dev.mgit.cli.command.lineage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.maintain.NoteFormats;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.sharing.SharingGate;
import dev.mgit.hooks.sharing.Standing;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.maintain.AuditVerifier;
import dev.mgit.lineage.query.Audit;
import dev.mgit.lineage.query.AuditReport;
import dev.mgit.lineage.query.AuditReport.Checked;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.query.AuditReport.Finding;
import dev.mgit.lineage.query.AuditReport.Gap;
import dev.mgit.lineage.query.AuditReport.Parent;
import dev.mgit.lineage.verify.LaterRecipe;
import dev.mgit.lineage.verify.Unproven;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a version is built from, and verifies it. */
@Command(
        name = "audit",
        description = {
            "Show a version's full provenance back to the roots (author, time, recipe and license, each parent pinned "
                    + "by hash), list the gaps, and verify it all.",
            "Reads the lineage itself, never an index. Verifies commits, small files and manifests; with --deep every "
                    + "stored block too. Exits with 6 if verification fails."
        })
public final class AuditCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", description = "A model, tag, id, or REV~N.")
    private String revision = "";

    @Option(names = "--deep", description = "Also decode and hash every stored block.")
    private boolean deep;

    @Mixin
    private final JsonOption json = new JsonOption();

    AuditCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            VersionId subject = session.resolve(revision);
            LineageGraph graph = Audit.graph(lineage, subject);
            var verifier = new AuditVerifier(session.repository(), session.progress(), NoteFormats.rules());
            AuditReport report = new Audit(graph, lineage, verifier, Optional.empty()).of(subject, deep);
            Map<VersionId, List<Standing>> sharing = sharing(session, report);
            if (json.wanted()) {
                context.output().json(out -> {
                    json(out, report);
                    json(out, sharing);
                    out.writeStringField("unproven", Unproven.sentence(lineage));
                });
            } else {
                print(lineage, report);
                context.output().line(Unproven.sentence(lineage));
                sharing.forEach((version, standings) -> standings.forEach(standing -> context.output()
                        .line(context.output()
                                .styled(
                                        standing.kept() ? Output.Style.GREEN : Output.Style.RED,
                                        name(report, version) + " " + standing.text()))));
            }
            return report.verified() ? 0 : MgitException.Kind.INTEGRITY.exitCode();
        }
    }

    /** What is declared of each version that is here, and whether it holds. */
    private Map<VersionId, List<Standing>> sharing(Session session, AuditReport report) {
        Map<VersionId, List<Standing>> all = new LinkedHashMap<>();
        if (!report.verified()) {
            return all;
        }
        try (HookSession hooks = HookSession.within(context, session, new WaitOption())) {
            var gate = new SharingGate(hooks.workspace(), new Recipes(hooks.workspace())::sharing, JobProgress.NONE);
            report.entries().stream().filter(Entry::present).forEach(entry -> {
                List<Standing> standings = gate.standings(entry.version(), List.of());
                if (!standings.isEmpty()) {
                    all.put(entry.version(), standings);
                }
            });
        }
        return all;
    }

    private static void json(JsonGenerator json, Map<VersionId, List<Standing>> sharing) throws IOException {
        json.writeArrayFieldStart("sharing");
        for (Map.Entry<VersionId, List<Standing>> version : sharing.entrySet()) {
            for (Standing standing : version.getValue()) {
                json.writeStartObject();
                json.writeStringField("version", version.getKey().hex());
                json.writeFieldName("standing");
                json.writeRawValue(Json.text(standing.toJson()));
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private void print(Lineage lineage, AuditReport report) {
        report.entries().forEach(entry -> print(lineage, entry));
        Output output = context.output();
        List<Finding> gaps = report.findings();
        output.line(output.styled(Output.Style.BOLD, gaps.isEmpty() ? "No gaps" : "Gaps (" + gaps.size() + ")"));
        for (Finding gap : gaps) {
            Output.Style style = gap.gap() == Gap.NOT_VERIFIED ? Output.Style.RED : Output.Style.YELLOW;
            output.line("  " + output.styled(style, word(gap.gap()).replace('_', ' ')) + "  "
                    + name(report, gap.version()) + ": " + gap.text());
        }
        Checked checked = report.checked();
        output.line("");
        output.line("Checked " + checked.versions() + " version(s): " + checked.gitObjects()
                + " commits, trees, manifests and small files"
                + (checked.deep()
                        ? ", " + checked.blocks() + " blocks (" + Output.bytes(checked.bytes()) + ")"
                        : "; no blocks (--deep does)")
                + (checked.signatures() ? ", signatures" : "; signatures are not checked") + ". "
                + (report.verified() ? "Verification passed." : "Verification FAILED."));
    }

    private void print(Lineage lineage, Entry entry) {
        Output output = context.output();
        output.line(output.styled(Output.Style.YELLOW, entry.model() + "@" + entry.version())
                + (entry.model().equals(entry.recordedModel()) ? "" : " (made as " + entry.recordedModel() + ")"));
        if (!entry.present()) {
            output.line("  not in this repository");
            return;
        }
        output.line("  " + entry.subject());
        output.line("  by " + entry.author().toString() + " at " + entry.when());
        for (Parent parent : entry.parents()) {
            output.line("  " + kind(parent) + " of " + parent.model() + "@" + parent.version() + " ("
                    + word(parent.source()) + ")");
        }
        if (entry.parents().isEmpty()) {
            output.line("  a root");
        }
        output.line("  license: "
                + entry.licence()
                        .map(licence -> licence.name() + " (" + licence.where() + ")")
                        .orElse("not known")
                + "; recipe: "
                + LaterRecipe.of(lineage, entry.version())
                        .map(LaterRecipe::text)
                        .orElse(entry.recipe() ? "recorded" : "none"));
        for (EdgeNotes.Entry later : entry.later()) {
            output.line("  later: " + word(later.op()) + " " + later.kind().word() + " of " + later.model() + "@"
                    + later.parent().abbreviated() + ", by "
                    + later.by().toString() + " at "
                    + later.when());
        }
        entry.signatures()
                .forEach(signature -> output.line("  signed by " + signature.signer()
                        + (signature.valid() ? "" : ", but the signature is invalid")));
        output.line("");
    }

    private static String name(AuditReport report, VersionId version) {
        return report.entries().stream()
                        .filter(entry -> entry.version().equals(version))
                        .map(Entry::model)
                        .findFirst()
                        .orElse("")
                + "@" + version.abbreviated();
    }

    private static String kind(Parent parent) {
        return parent.kind().map(EdgeKind::word).orElse("next version");
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void json(JsonGenerator json, AuditReport report) throws IOException {
        json.writeStringField("subject", report.subject().hex());
        json.writeBooleanField("verified", report.verified());
        Checked checked = report.checked();
        json.writeObjectFieldStart("checked");
        json.writeNumberField("versions", checked.versions());
        json.writeNumberField("git_objects", checked.gitObjects());
        json.writeBooleanField("deep", checked.deep());
        json.writeNumberField("blocks", checked.blocks());
        json.writeNumberField("bytes", checked.bytes());
        json.writeBooleanField("signatures", checked.signatures());
        json.writeEndObject();
        json.writeArrayFieldStart("versions");
        for (Entry entry : report.entries()) {
            json(json, entry);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("gaps");
        for (Finding gap : report.findings()) {
            json.writeStartObject();
            json.writeStringField("gap", word(gap.gap()));
            json.writeStringField("version", gap.version().hex());
            json.writeStringField("text", gap.text());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void json(JsonGenerator json, Entry entry) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", entry.version().hex());
        json.writeStringField("model", entry.model());
        json.writeStringField("recorded_model", entry.recordedModel());
        json.writeBooleanField("present", entry.present());
        if (entry.present()) {
            json.writeStringField("author", entry.author().toString());
            json.writeStringField("when", entry.when().toString());
            json.writeStringField("subject", entry.subject());
        }
        json.writeBooleanField("recipe", entry.recipe());
        if (entry.licence().isPresent()) {
            json.writeStringField("licence", entry.licence().get().name());
            json.writeStringField("licence_from", entry.licence().get().where());
        }
        json.writeArrayFieldStart("parents");
        for (Parent parent : entry.parents()) {
            json.writeStartObject();
            json.writeStringField("id", parent.version().hex());
            json.writeStringField("model", parent.model());
            json.writeStringField("kind", parent.kind().map(EdgeKind::word).orElse("version"));
            json.writeStringField("source", word(parent.source()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("later");
        for (EdgeNotes.Entry later : entry.later()) {
            json.writeStartObject();
            json.writeStringField("op", word(later.op()));
            json.writeStringField("parent", later.parent().hex());
            json.writeStringField("kind", later.kind().word());
            json.writeStringField("by", later.by().toString());
            json.writeStringField("when", later.when().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("signatures");
        for (AuditReport.Signature signature : entry.signatures()) {
            json.writeStartObject();
            json.writeStringField("signer", signature.signer());
            json.writeBooleanField("valid", signature.valid());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
