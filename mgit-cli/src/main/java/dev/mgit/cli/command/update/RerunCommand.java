package dev.mgit.cli.command.update;

import dev.mgit.cli.command.evidence.KeyFiles;
import dev.mgit.cli.command.hooks.ExecutorOption;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.ProgressOptions;
import dev.mgit.cli.command.hooks.Records;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.attest.Reproduction;
import dev.mgit.hooks.recipe.FileTensorComparator;
import dev.mgit.hooks.recipe.Rerun;
import dev.mgit.hooks.recipe.TensorComparator;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says whether a version can be made again. */
@Command(
        name = "rerun",
        description = {
            "Rerun a version's recipe and report whether the result is bit-identical; if not, how far off it is and "
                    + "what changed in the environment. Stores no version; --check notes what it proved."
        })
public final class RerunCommand implements Callable<Integer> {
    private static final int TENSORS_SHOWN = 10;

    private final Context context;

    @Parameters(paramLabel = "REV", description = "The version.")
    private String revision = "";

    @Option(
            names = "--check",
            description = "Exit with 3 if the result differs; else note that it does not, signed if sign.key is set.")
    private boolean check;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final ExecutorOption executor = new ExecutorOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    RerunCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (HookSession session = HookSession.open(context, wait)) {
            VersionId id = session.resolve(revision);
            var rerun = new Rerun(session.workspace(), executor.create(session), new FileTensorComparator());
            Rerun.Report report = rerun.run(id, ProgressOptions.lines(context));
            if (json.wanted()) {
                Records.print(context, json(id, report));
            } else {
                print(session.session().name(id), report);
            }
            if (check && report.identical()) {
                new Reproduction(session.workspace()).note(id, report, new KeyFiles(context).configured());
            }
            return check && !report.identical() ? MgitException.Kind.DIFFERS.exitCode() : 0;
        }
    }

    private void print(String name, Rerun.Report report) {
        Output output = context.output();
        output.line(report.identical() ? name + " is bit-identical" : name + " differs");
        for (Rerun.FileResult file : report.files()) {
            if (file.outcome() == Rerun.Outcome.SAME) {
                continue;
            }
            output.line("  " + word(file.outcome()) + ": " + file.path());
            file.tensors().stream().limit(TENSORS_SHOWN).forEach(tensor -> output.line("    " + text(tensor)));
            if (file.tensors().size() > TENSORS_SHOWN) {
                output.line("    and " + (file.tensors().size() - TENSORS_SHOWN) + " more tensors");
            }
        }
        report.changes().forEach(change -> output.line("  changed: " + change));
    }

    private static String word(Rerun.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }

    private static String text(TensorComparator.Difference tensor) {
        return Double.isNaN(tensor.maxAbs())
                ? tensor.tensor() + ": not comparable"
                : String.format(
                        Locale.ROOT,
                        "%s: largest difference %.3g, norm %.3g",
                        tensor.tensor(),
                        tensor.maxAbs(),
                        tensor.l2());
    }

    private static JsonObject json(VersionId id, Rerun.Report report) {
        return JsonMembers.of(
                "schema",
                1,
                "version",
                id.hex(),
                "identical",
                report.identical(),
                "files",
                report.files().stream()
                        .map(file -> JsonMembers.of(
                                "path",
                                file.path(),
                                "outcome",
                                word(file.outcome()),
                                "tensors",
                                file.tensors().stream()
                                        .map(tensor -> JsonMembers.of(
                                                "name",
                                                tensor.tensor(),
                                                "maxAbs",
                                                finite(tensor.maxAbs()),
                                                "l2",
                                                finite(tensor.l2())))
                                        .toList()))
                        .toList(),
                "changes",
                report.changes());
    }

    /** JSON has no word for what is no number. */
    private static Object finite(double value) {
        return Double.isFinite(value) ? value : String.valueOf(value);
    }
}
