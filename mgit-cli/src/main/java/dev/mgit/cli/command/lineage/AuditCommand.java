package dev.mgit.cli.command.lineage;

import dev.mgit.cli.command.evidence.NotedSignatures;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Release;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.ModelFiles;
import dev.mgit.hooks.audit.ProvenanceAudit;
import dev.mgit.hooks.audit.document.AuditDocument;
import dev.mgit.hooks.audit.document.AuditFormat;
import dev.mgit.hooks.audit.document.TextDocument;
import dev.mgit.hooks.maintain.NoteFormats;
import dev.mgit.lineage.maintain.AuditVerifier;
import dev.mgit.lineage.repository.OutputFile;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a version is built from, and verifies it. */
@Command(
        name = "audit",
        description = {
            "Show a version's full provenance back to the roots (author, time, recipe, data, tests and license, each "
                    + "parent pinned by hash), list the gaps, and verify it all.",
            "Reads the lineage itself, never an index. Verifies commits, small files and manifests; with --deep every "
                    + "stored block too. Exits with 6 if verification fails.",
            "The formats for other tools are CycloneDX 1.6 (ML-BOM), W3C PROV-JSON, an in-toto statement with SLSA "
                    + "provenance v1, and SPDX 3.0.1 (AI). The same version gives the same document."
        })
public final class AuditCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REV", arity = "0..1", description = "A model, tag, id, or REV~N.")
    private @Nullable String revision;

    @Option(names = "--all-heads", description = "Audit the newest version of every model.")
    private boolean allHeads;

    @Option(
            names = "--affected-by",
            paramLabel = "WHAT",
            description = "Instead, list every version that a version, license, data digest or name, tensor hash or "
                    + "package (NAME[=VERSION]) is in or under, and what is built on those: the way back to it, and where a "
                    + "newer version is clean of it.")
    private @Nullable String affectedBy;

    @Option(names = "--deep", description = "Also decode and hash every stored block.")
    private boolean deep;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "text, json, md, html (one self-contained page), cyclonedx, prov, slsa or spdx. Default: text.")
    private String format = "text";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to FILE instead of standard output.")
    private @Nullable Path output;

    @Mixin
    private final JsonOption json = new JsonOption();

    AuditCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        AuditFormat wanted = json.wanted() ? AuditFormat.JSON : AuditFormat.parse(format);
        try (Session session = Session.open(context);
                HookSession hooks = HookSession.within(context, session, new WaitOption())) {
            if (affectedBy != null) {
                requireOnlyAffected(wanted);
                new AffectedBy(context, session, hooks.workspace(), affectedBy).tell(wanted == AuditFormat.JSON);
                return 0;
            }
            var audit = new ProvenanceAudit(
                    hooks.workspace(),
                    new AuditVerifier(session.repository(), session.progress(), NoteFormats.rules()),
                    NotedSignatures.of(context, hooks));
            AuditAnswer answer = audit.of(subjects(session), deep);
            write(session, answer, wanted);
            return answer.verified() ? 0 : MgitException.Kind.INTEGRITY.exitCode();
        }
    }

    private void requireOnlyAffected(AuditFormat wanted) {
        boolean other = revision != null || allHeads || deep || output != null;
        if (other || wanted != AuditFormat.TEXT && wanted != AuditFormat.JSON) {
            throw MgitException.usage("--affected-by takes no REV and no other option than --json");
        }
    }

    private List<VersionId> subjects(Session session) {
        if (allHeads == (revision != null)) {
            throw MgitException.usage(
                    allHeads ? "name a version or --all-heads, not both" : "name a version, or --all-heads");
        }
        if (revision != null) {
            return List.of(session.resolve(revision));
        }
        List<VersionId> heads = session.repository().lineage().models().stream()
                .map(Model::head)
                .distinct()
                .toList();
        if (heads.isEmpty()) {
            throw MgitException.usage("there are no models yet");
        }
        return heads;
    }

    private void write(Session session, AuditAnswer answer, AuditFormat wanted) throws IOException {
        if (output == null && wanted == AuditFormat.TEXT) {
            new TextDocument(this::styled).lines(answer, context.output()::line);
            return;
        }
        AuditDocument document =
                wanted.document(new ModelFiles(session.repository().lineage()), Release.number());
        if (output == null && wanted.isJson()) {
            try (OutputStream out = context.output().json()) {
                document.write(answer, out);
            }
        } else if (output == null) {
            document.write(answer, context.output().bytes());
        } else {
            Path file = context.resolve(output);
            OutputFile.replace(file, out -> document.write(answer, out));
            context.output().line("Wrote " + session.shown(file));
        }
    }

    private String styled(TextDocument.Look look, String text) {
        Output.Style style = switch (look) {
            case VERSION, GAP -> Output.Style.YELLOW;
            case HEADING -> Output.Style.BOLD;
            case FAULT -> Output.Style.RED;
            case GOOD -> Output.Style.GREEN;
        };
        return context.output().styled(style, text);
    }
}
