package dev.mgit.cli.command.hooks;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.hooks.check.BuiltIn;
import dev.mgit.hooks.modeltest.Event;
import dev.mgit.hooks.modeltest.MetricBaseline;
import dev.mgit.hooks.modeltest.MetricRule;
import dev.mgit.hooks.modeltest.Selector;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Registers a test. */
@Command(
        name = "add",
        description = {
            "Register a test, or replace the one of the same name.",
            "COMMAND runs in the repository's folder. MGIT_MODEL is a folder with the model's files, MGIT_PARENT_1, … "
                    + "hold its parents', and it writes one JSON object of numbers to the file MGIT_METRICS."
        })
final class TestAddCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private final RegisteredCommand registered = new RegisteredCommand();

    @Option(
            names = "--on",
            paramLabel = "WHAT",
            required = true,
            description = "A model, a glob over model names, kind:KIND for a kind of derivation, or all.")
    private String on = "";

    @Option(
            names = "--event",
            paramLabel = "EVENT",
            description = "When to run it: commit, update (as a gate), or manual (only on demand; the default).")
    private String event = "manual";

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            description = "Metric to check: "
                    + "NAME:higher|lower[:min=X][:max=X][:tolerance-vs-parent=Y|Y%%][:tolerance-vs-previous=Y|Y%%]"
                    + "[:vs=REV[:tolerance=Y|Y%%]]. vs=REV is a baseline that stays: a tag, or the version REV means now. "
                    + "Repeatable.")
    private List<String> metrics = new ArrayList<>();

    @Option(
            names = "--input",
            paramLabel = "PATH",
            description = "Data the result depends on; the test reruns when it changes. Repeatable. Files named in "
                    + "COMMAND are always included.")
    private List<Path> inputs = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    TestAddCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (HookSession session = HookSession.open(context, wait)) {
            var test = new TestDefinition(
                    registered.name(),
                    new Selector(on),
                    Event.parse(event),
                    rules().stream()
                            .map(text -> pinned(session, MetricRule.parse(text)))
                            .toList(),
                    registered.limits(),
                    inputs.stream().map(path -> input(session, path)).toList(),
                    registered.shell(),
                    registered.command());
            new TestRegistry(session.workspace()).add(test);
            context.output().line("Test " + registered.name() + " on " + on + ", " + when(test.event()));
            context.output().hint("'mgit test run --test " + registered.name() + "' runs it on the newest versions");
        }
        return 0;
    }

    private String input(HookSession session, Path typed) {
        Path path = context.resolve(typed);
        Path root = session.workspace().root().toAbsolutePath().normalize();
        return path.startsWith(root) ? root.relativize(path).toString() : path.toString();
    }

    private List<String> rules() {
        return metrics.isEmpty() ? registered.builtIn().map(BuiltIn::rules).orElse(metrics) : metrics;
    }

    /** A tag says by itself what it stands for; any other revision would come to mean another version. */
    private static MetricRule pinned(HookSession session, MetricRule rule) {
        String revision = rule.baseline().map(MetricBaseline::revision).orElse("");
        boolean fixed =
                session.lineage().tags().stream().anyMatch(tag -> tag.name().equals(revision));
        return revision.isEmpty() || fixed ? rule : rule.pinnedTo(session.resolve(revision));
    }

    private static String when(Event event) {
        return switch (event) {
            case COMMIT -> "at every commit if update.auto is test, plan or run";
            case UPDATE -> "as a gate of updates";
            case MANUAL -> "on demand";
        };
    }
}
