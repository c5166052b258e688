package dev.mgit.cli.command.lineage;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.update.AfterCommit;
import dev.mgit.cli.console.ConfidenceOption;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.FindingsText;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.SignOption;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.cli.console.WeightsOnlyOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.commit.IncomingCheckpoint;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.CommitSettings;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.Detector;
import dev.mgit.lineage.imports.Committer;
import dev.mgit.lineage.imports.ImportPlan;
import dev.mgit.lineage.imports.Imports;
import dev.mgit.lineage.imports.PublishedGraph;
import dev.mgit.lineage.imports.PublishedImport;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes in folders full of checkpoints. */
@Command(
        name = "import",
        description = {
            "Find checkpoints, detect from their weights which were derived from which, and commit them all.",
            "Supports Hugging Face caches, trainer checkpoint folders, pipelines and other trees, plain",
            "folders and single files. Unknown formats are stored as opaque bytes.",
            "Skipped checkpoints are listed with the reason.",
            "Detected edges are marked as inferred. Checkpoints already in the repository are skipped, so an",
            "interrupted import can be resumed by running it again."
        })
public final class ImportCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "PATH", arity = "0..*", description = "Folders and files to import.")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = "--bom",
            paramLabel = "FILE",
            description = "Instead of PATH: take over the edges, licenses and data that a CycloneDX bill of materials "
                    + "(JSON) states of versions that are here, told by the digests of their files.")
    private @Nullable Path bom;

    @Option(
            names = "--mgit",
            paramLabel = "FILE",
            description = "Import a lineage_graph.json as the MGit of the paper writes it: the checkpoints or the "
                    + "parameter store beside it, adapted and versioned edges, names and results of tests. Neither its Python functions nor its pickles "
                    + "are run.")
    private @Nullable Path published;

    @Option(names = "--recursive", description = "Search all subfolders, not only direct children.")
    private boolean recursive;

    @Option(names = "--dry-run", description = "Show what would be imported without importing it.")
    private boolean dryRun;

    @Option(
            names = "--strict",
            description = "Skip checkpoints that reference missing files. By default they are imported and the "
                    + "missing files are listed. Setting: commit.strict.")
    private boolean strict;

    @Mixin
    private final WeightsOnlyOption weightsOnly = new WeightsOnlyOption();

    @Option(names = "--explain", description = "Show the evidence for each detected parent.")
    private boolean explain;

    @Mixin
    private final ConfidenceOption confidence = new ConfidenceOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final SignOption sign = new SignOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    ImportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        sign.on(context);
        if (json.wanted()) {
            context.output().onlyJson();
        }
        boolean other = bom != null || published != null;
        if (other == !paths.isEmpty() || other && (recursive || dryRun || bom != null && published != null)) {
            throw MgitException.usage(
                    other
                            ? "--bom and --mgit take no PATH, --recursive or --dry-run, and not each other"
                            : "name folders or files to import, or --bom FILE or --mgit FILE");
        }
        if (bom != null) {
            new ImportBom(context, wait).carryOut(bom, json.wanted());
            return 0;
        }
        if (published != null) {
            return published(context.resolve(published));
        }
        List<Path> resolved = paths.stream().map(context::resolve).toList();
        try (Session session = Session.open(context)) {
            if (dryRun) {
                return report(session, plan(session, resolved), Map.of(), Map.of());
            }
            return carryOut(session, resolved);
        }
    }

    private int published(Path file) throws IOException {
        PublishedGraph graph = PublishedGraph.read(file);
        try (Session session = Session.open(context);
                HookSession hooks = HookSession.within(context, session, wait)) {
            hooks.tellOfOldTrust(context);
            CommitWorkflow workflow =
                    AfterCommit.workflow(context, hooks, hooks.localExecutor(), ProgressOptions.lines(context));
            WorkFolder work =
                    WorkFolder.create(session.repository().files().hooks().resolve("import"));
            try {
                var imports = new PublishedImport(
                        session.repository(),
                        file.toAbsolutePath().resolveSibling(""),
                        work.path().resolve("model"));
                var text = new PublishedImportText(context.output(), session, json.wanted());
                imports.carryOut(graph, session.author(), committer(session, workflow), text::told);
                return text.summary(imports);
            } finally {
                work.delete();
            }
        }
    }

    private ImportPlan plan(Session session, List<Path> resolved) throws IOException {
        double least = confidence.value(session.repository().settings());
        var rules = new CommitSettings(strict, weightsOnly.wanted());
        return new Imports(session.repository(), session.progress()).plan(resolved, recursive, rules, least);
    }

    private int carryOut(Session session, List<Path> resolved) throws IOException {
        var imports = new Imports(session.repository(), session.progress());
        ImportPlan plan;
        try (WriterLock lock = wait.lock(context, session.repository(), "mgit import")) {
            new Detector(session.repository()).update(lock, session.progress());
            plan = plan(session, resolved);
        }
        Map<Path, CommitResult> done = new LinkedHashMap<>();
        try (HookSession hooks = HookSession.within(context, session, wait)) {
            hooks.tellOfOldTrust(context);
            CommitWorkflow workflow =
                    AfterCommit.workflow(context, hooks, hooks.localExecutor(), ProgressOptions.lines(context));
            Map<Path, MgitException> failed =
                    imports.carryOut(plan, session.author(), committer(session, workflow), (step, result) -> {
                        done.put(step.checkpoint().path(), result);
                        if (!json.wanted()) {
                            print(session, step, result.version().abbreviated());
                        }
                    });
            return report(session, plan, done, failed);
        }
    }

    private Committer committer(Session session, CommitWorkflow workflow) {
        var commits = new Commits(session.repository(), session.progress());
        IncomingCheckpoint.Locking locking = () -> wait.lock(context, session.repository(), "mgit import");
        return (request, stillAsPlanned) ->
                workflow.run(new IncomingCheckpoint(commits, request, locking, stillAsPlanned), result -> {});
    }

    private int report(Session session, ImportPlan plan, Map<Path, CommitResult> done, Map<Path, MgitException> failed)
            throws IOException {
        Map<Path, String> left = new LinkedHashMap<>(plan.skipped());
        failed.forEach((path, why) -> left.put(path, why.getMessage()));
        if (json.wanted()) {
            new ImportJson(context.output()).print(plan, done, left);
        } else {
            if (dryRun) {
                plan.steps().forEach(step -> print(session, step, "would import"));
            }
            summary(session, plan, done, left);
        }
        return exitCode(plan, failed.values());
    }

    /** The gates' code if nothing but they stood in the way. */
    private static int exitCode(ImportPlan plan, Collection<MgitException> failed) {
        boolean nothing = plan.steps().isEmpty() && plan.known().isEmpty();
        if (nothing
                || !plan.skipped().isEmpty()
                || failed.stream().anyMatch(why -> why.kind() != MgitException.Kind.GATE)) {
            return MgitException.Kind.FAILED.exitCode();
        }
        return failed.isEmpty() ? 0 : MgitException.Kind.GATE.exitCode();
    }

    private void print(Session session, ImportPlan.Step step, String how) {
        Output output = context.output();
        String label = step.checkpoint().label().isEmpty()
                ? ""
                : " " + step.checkpoint().label();
        output.line("[" + step.model() + " " + how + "]" + (step.newModel() ? " (new model)" : "")
                + output.styled(
                        Output.Style.FAINT,
                        " " + session.shown(step.checkpoint().path()) + label));
        if (!step.parents().isEmpty()) {
            Detected origin = step.origin().orElseThrow();
            output.line("  " + origin.words(step.parents()) + ", inferred" + confidence(origin));
        } else if (step.unsure()) {
            Detected origin = step.origin().orElseThrow();
            output.line("  perhaps " + origin.words(origin.parents()) + confidence(origin) + ", not recorded");
        }
        FindingsText.lines(step.findings()).forEach(line -> output.note("  " + line));
        if (explain) {
            step.origin().ifPresent(origin -> origin.evidence().forEach(reason -> output.line("    " + reason)));
            step.claims().forEach(claim -> output.line("    " + claim));
            if (step.origin().isEmpty()) {
                output.line("    no other model's weights are close enough to be the parent");
            }
        }
    }

    private static String confidence(Detected origin) {
        return String.format(Locale.ROOT, " (confidence %.2f)", origin.confidence());
    }

    private void summary(Session session, ImportPlan plan, Map<Path, CommitResult> done, Map<Path, String> left) {
        Output output = context.output();
        plan.known().forEach((path, version) -> output.note(session.shown(path) + " is already here: " + version));
        left.forEach((path, reason) -> {
            output.note("left out: " + session.shown(path) + ": "
                    + reason.lines().findFirst().orElse(""));
            reason.lines().skip(1).forEach(line -> output.note("  " + line));
        });
        PassedOver.lines(plan.passedOver(), session::shown).forEach(output::note);
        int count = dryRun ? plan.steps().size() : done.size();
        long bytes = done.values().stream().mapToLong(CommitResult::bytes).sum();
        long stored =
                done.values().stream().mapToLong(CommitResult::storedBytes).sum();
        String sizes = done.isEmpty() ? "" : ", " + Output.bytes(bytes) + " stored as " + Output.bytes(stored);
        output.line((dryRun ? "would import " : "imported ") + count + (count == 1 ? " version" : " versions") + " ("
                + plan.known().size() + " already here, " + left.size() + " left out"
                + (plan.passedOver().isEmpty() ? "" : ", " + plan.passedOver().size() + " passed over") + ")" + sizes);
        if (plan.steps().stream().anyMatch(step -> !step.findings().missing().isEmpty())) {
            output.hint("fetch the missing files and import again; --strict skips incomplete checkpoints");
        }
    }
}
