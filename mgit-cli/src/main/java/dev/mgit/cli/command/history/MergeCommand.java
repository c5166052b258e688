package dev.mgit.cli.command.history;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressLines;
import dev.mgit.cli.command.update.AfterCommit;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.SignOption;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.merge.MergeFiles;
import dev.mgit.hooks.merge.Merging;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.merge.Merge;
import dev.mgit.lineage.merge.MergeBase;
import dev.mgit.lineage.merge.MergePlan;
import dev.mgit.lineage.merge.MergeRule;
import dev.mgit.lineage.merge.MergeState;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Merges two versions, or two folders. */
@Command(
        name = "merge",
        description = {
            "Three-way merge of two versions: changes made on one side are taken from that side.",
            "Layers and files changed on both sides conflict: mgit lists them, makes no version and exits with 5. "
                    + "Resolve them with --strategy, now or with --continue. If the sides changed layers that depend "
                    + "on each other, the model's tests decide; if one fails, mgit makes no version and exits with 4.",
            "Strategies: ours and theirs pick a side where both changed; average, linear, slerp, task-arithmetic, "
                    + "ties, dare and dare-ties compute, wherever the sides differ, the same as mergekit. The first "
                    + "rule whose GLOB matches the tensor name or file path applies.",
            "With --output, A, B and C may also be files or folders; the result is written to a folder."
        })
public final class MergeCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "A B", arity = "0..2", description = "Ours and theirs: revisions.")
    private List<String> sides = new ArrayList<>();

    @Option(
            names = "--base",
            paramLabel = "C",
            description = "The common ancestor. Default: the nearest one in the lineage.")
    private @Nullable String base;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model to add the result to; a new name creates a model. Default: the model A.")
    private @Nullable String model;

    @Option(
            names = {"-m", "--message"},
            paramLabel = "MSG",
            description = "The new version's message.")
    private @Nullable String message;

    @Option(
            names = {"-s", "--strategy"},
            paramLabel = "[GLOB=]NAME[:NUMBERS]",
            description = "For example average, linear:0.7,0.3, '*.attention.*=slerp:t=0.3', 'ties:density=0.5', "
                    + "'tokenizer.json=ours'. Parameters: ours theirs normalize t lambda density rescale seed. "
                    + "Repeatable.")
    private List<String> strategies = new ArrayList<>();

    @Option(names = "--continue", description = "Continue the merge in progress; strategies given now take precedence.")
    private boolean goOn;

    @Option(names = "--abort", description = "Abort the merge in progress.")
    private boolean abort;

    @Option(
            names = {"--plan", "--dry-run"},
            description = "Show what would be done without doing it.")
    private boolean planOnly;

    @Option(names = "--no-test", description = "Skip the tests.")
    private boolean noTest;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "Write the result to a new or empty folder instead of making a version.")
    private @Nullable Path output;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final SignOption sign = new SignOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    MergeCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        sign.on(context);
        strategies.forEach(MergeRule::parse);
        requireSense();
        if (output != null) {
            return new MergeToFolder(context, json, sides, Optional.ofNullable(base), strategies)
                    .run(context.resolve(output), planOnly);
        }
        try (HookSession session = HookSession.open(context, wait)) {
            var files = new MergeFiles(session.session().repository().files().merge());
            if (planOnly && !abort) {
                return act(session, files);
            }
            try (WorkFolder alone = MergeFiles.hold(session.workspace().scratch())) {
                return act(session, files);
            }
        }
    }

    private int act(HookSession session, MergeFiles files) throws IOException {
        if (abort) {
            return abort(session, files);
        }
        if (goOn) {
            MergeState stopped = files.load()
                    .orElseThrow(() -> new MgitException(
                            MgitException.Kind.USAGE, "no merge in progress", "start one with: mgit merge A B"));
            return carryOut(session, files, stopped.with(strategies));
        }
        if (!planOnly) {
            files.requireNone();
        }
        return begin(session, files);
    }

    private void requireSense() {
        if (goOn && abort) {
            throw MgitException.usage("--continue and --abort cannot be combined");
        }
        boolean stopped = goOn || abort;
        if (stopped && (!sides.isEmpty() || base != null || model != null || message != null || output != null)) {
            throw MgitException.usage("--continue and --abort apply to the merge in progress and take no other");
        }
        if (!stopped && sides.size() != 2) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "a merge needs two versions, not " + sides.size(), "mgit merge A B");
        }
        if (output != null && model != null) {
            throw MgitException.usage("--output makes no version, so there is nothing to name with --model");
        }
    }

    private int abort(HookSession session, MergeFiles files) {
        boolean any = session.workspace().locked("merge", () -> {
            boolean withdrawn = Merging.withdraw(session.workspace());
            return files.delete() || withdrawn;
        });
        context.output().line(any ? "Merge aborted; no model was changed" : "No merge in progress");
        return 0;
    }

    private int begin(HookSession session, MergeFiles files) throws IOException {
        Lineage lineage = session.lineage();
        VersionId ours = session.resolve(sides.get(0));
        VersionId theirs = session.resolve(sides.get(1));
        if (ours.equals(theirs)) {
            throw MgitException.usage("'" + sides.get(0) + "' and '" + sides.get(1) + "' are the same version");
        }
        Optional<VersionId> ancestor = base == null
                ? MergeBase.of(graph(session.session(), ours, theirs), ours, theirs)
                : Optional.of(session.resolve(base));
        boolean computes = strategies.stream().map(MergeRule::parse).anyMatch(MergeRule::everywhere);
        if (!computes
                && ancestor.isPresent()
                && (ancestor.get().equals(ours) || ancestor.get().equals(theirs))) {
            String newer = ancestor.get().equals(ours) ? sides.get(1) : sides.get(0);
            context.output().line("Nothing to merge: " + newer + " already contains the other");
            return 0;
        }
        if (!computes && ancestor.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + sides.get(0) + "' and '" + sides.get(1)
                            + "' have no common ancestor, so a three-way merge is not possible",
                    "name one with --base, or merge all tensors with --strategy average, linear or slerp");
        }
        String name = model(lineage, ours);
        GitLineage.requireModelName(name, lineage);
        var state = new MergeState(
                ours,
                theirs,
                ancestor,
                name,
                lineage.model(name).map(Model::head),
                message == null ? "Merge " + sides.get(1) + " and " + sides.get(0) : message,
                strategies,
                !noTest);
        return carryOut(session, files, state);
    }

    /** Versions that no model leads to any more can be merged too. */
    private static LineageGraph graph(Session session, VersionId ours, VersionId theirs) {
        LineageGraph whole = session.repository().graph();
        return whole.contains(ours) && whole.contains(theirs)
                ? whole
                : LineageGraph.of(session.repository().lineage(), List.of(ours, theirs));
    }

    private String model(Lineage lineage, VersionId ours) {
        if (model != null) {
            return model;
        }
        return lineage.model(sides.get(0))
                .map(Model::name)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "'" + sides.get(0) + "' is a version (" + ours.abbreviated()
                                + "), not a model, so the target model is unclear",
                        "name a model with --model NAME"));
    }

    private int carryOut(HookSession session, MergeFiles files, MergeState state) throws IOException {
        int threads =
                StoreSettings.of(session.session().repository().settings()).threads();
        try (Merge merge = Merge.open(
                Optional.of(session.session().repository()),
                state.base().map(Merge.Stored::new),
                new Merge.Stored(state.ours()),
                new Merge.Stored(state.theirs()),
                session.session().progress(),
                threads)) {
            MergePlan plan = merge.plan(state.parsedRules());
            Executor executor = session.localExecutor();
            JobProgress told = context.progressWanted() ? new ProgressLines(context) : JobProgress.NONE;
            var merging = new Merging(session.workspace(), executor, files);
            List<TestDefinition> tests = merging.tests(state, plan);
            var text = new MergeText(context, json);
            if (planOnly) {
                return text.plan(plan, Optional.of(state), tests);
            }
            files.save(state);
            if (!plan.canGoOn()) {
                return text.stopped(plan, state);
            }
            Merging.Result result =
                    merging.run(state, merge, plan, AfterCommit.workflow(context, session, executor, told), done -> {
                        files.delete();
                        text.done(session, plan, state, done);
                    });
            return result.version().isPresent() ? 0 : text.heldBack(plan, state, result.verdicts());
        }
    }
}
