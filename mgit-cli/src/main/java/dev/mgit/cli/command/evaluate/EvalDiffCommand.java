package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.SignificantDigits;
import dev.mgit.hooks.eval.EvaluationDiff;
import dev.mgit.hooks.eval.EvaluationDiff.Flip;
import dev.mgit.hooks.eval.EvaluationDiff.Metric;
import dev.mgit.hooks.eval.EvaluationDiff.Options;
import dev.mgit.hooks.eval.EvaluationDiff.Test;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two versions instance by instance. */
@Command(
        name = "diff",
        description = {
            "Compare a version's evaluations with its parent's, instance by instance.",
            "Runs whose specs differ are refused. Exit code 4 if a metric is worse by more than --limit; without it, if "
                    + "it is worse and chance explains that in less than 5%% of cases."
        })
final class EvalDiffCommand implements Callable<Integer> {
    private static final int LISTED = 10;
    private static final int LISTED_IN_JSON = 10_000;

    private final Context context;

    @Parameters(index = "0", paramLabel = "CHILD", description = "The version to judge.")
    private String child = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "PARENT",
            description = "Default: what it was derived from, else its previous version.")
    private @Nullable String parent;

    @Option(names = "--limit", paramLabel = "X", description = "How much worse a metric may be.")
    private @Nullable Double limit;

    @Option(
            names = "--alpha",
            paramLabel = "P",
            description = "Without --limit: the p-value below which worse is a regression. Default: 0.05.")
    private double alpha = 0.05;

    @Option(
            names = "--test",
            paramLabel = "sign|bootstrap",
            description = "Exact sign test (default), or paired bootstrap of 10,000 draws.")
    private Test test = Test.SIGN;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the bootstrap. Default: 0.")
    private long seed;

    @Option(names = "--scenario", paramLabel = "GLOB", description = "Only these scenarios or tasks.")
    private String scenario = "*";

    @Option(names = "--metric", paramLabel = "GLOB", description = "Only these metrics.")
    private @Nullable String metric;

    @Mixin
    private final JsonOption json = new JsonOption();

    EvalDiffCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        if ((limit != null && !(limit >= 0)) || !(alpha > 0 && alpha < 1)) {
            throw MgitException.usage("--limit must be 0 or more, and --alpha between 0 and 1");
        }
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            VersionId after = session.resolve(child);
            VersionId before = parent == null ? parent(lineage.version(after)) : session.resolve(parent);
            EvaluationDiff diff = EvaluationDiff.of(
                    new Evaluations(lineage),
                    after,
                    before,
                    new Options(new Glob(scenario), Optional.ofNullable(metric).map(Glob::new), test, seed));
            List<Metric> regressed = diff.metrics().stream()
                    .filter(one -> one.regressed(Optional.ofNullable(limit), alpha))
                    .toList();
            if (json.wanted()) {
                context.output().json(out -> json(out, after, before, diff, regressed));
            } else {
                print(session.name(after), session.name(before), diff, regressed);
            }
            return regressed.isEmpty() ? 0 : MgitException.Kind.GATE.exitCode();
        }
    }

    private static VersionId parent(Version version) {
        return version.origins().stream()
                .findFirst()
                .map(ProvenanceEdge::parent)
                .or(version::previous)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "version " + version.id().abbreviated() + " has no parent to compare with",
                        "name one: mgit eval diff CHILD PARENT"));
    }

    private void print(String after, String before, EvaluationDiff diff, List<Metric> regressed) {
        Output output = context.output();
        output.line(after + " against " + before);
        Table table = output.table("Metric", "Before", "After", "Gain", "Pairs", "Better", "Worse", "p");
        for (Metric one : diff.metrics()) {
            table.row(
                    one.name(),
                    SignificantDigits.of(one.before()),
                    SignificantDigits.of(one.after()),
                    SignificantDigits.signed(one.gain()),
                    one.pairs(),
                    one.better(),
                    one.worse(),
                    one.p().map(SignificantDigits::of).orElse("-"));
        }
        table.print();
        diff.metrics().forEach(this::printFlips);
        for (String missing : diff.onlyOne()) {
            output.line("only one of them was evaluated in " + missing);
        }
        for (Metric one : regressed) {
            output.line(output.styled(
                    Output.Style.RED,
                    "regression: " + one.name() + " is worse by " + SignificantDigits.of(-one.gain())
                            + (limit == null
                                    ? ", p "
                                            + one.p().map(SignificantDigits::of).orElse("-")
                                    : ", more than " + SignificantDigits.of(limit))));
        }
    }

    private void printFlips(Metric one) {
        Output output = context.output();
        one.interval()
                .ifPresent(interval -> output.line(one.name() + ": 95% of draws gain "
                        + SignificantDigits.signed(interval[0]) + " to " + SignificantDigits.signed(interval[1])));
        one.flips().stream()
                .limit(LISTED)
                .forEach(flip -> output.line("  " + one.name() + "  instance " + flip.instance() + ": "
                        + SignificantDigits.of(flip.before()) + " -> " + SignificantDigits.of(flip.after())));
        if (one.flips().size() > LISTED) {
            output.line("  " + one.name() + "  " + (one.flips().size() - LISTED)
                    + " more instances changed; --json lists them");
        }
        if (one.unpaired() > 0) {
            output.line("  " + one.name() + "  " + one.unpaired() + " instances are not in both and were left out");
        }
    }

    private static void json(
            JsonGenerator json, VersionId after, VersionId before, EvaluationDiff diff, List<Metric> regressed)
            throws IOException {
        json.writeStringField("child", after.hex());
        json.writeStringField("parent", before.hex());
        json.writeArrayFieldStart("metrics");
        for (Metric one : diff.metrics()) {
            json.writeStartObject();
            json.writeStringField("scenario", one.scenario());
            json.writeStringField("metric", one.metric());
            json.writeStringField("direction", one.direction().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("before", one.before());
            json.writeNumberField("after", one.after());
            json.writeNumberField("gain", one.gain());
            json.writeNumberField("pairs", one.pairs());
            json.writeNumberField("unpaired", one.unpaired());
            json.writeNumberField("better", one.better());
            json.writeNumberField("worse", one.worse());
            if (one.p().isPresent()) {
                json.writeNumberField("p", one.p().get());
            }
            if (one.interval().isPresent()) {
                json.writeArrayFieldStart("interval");
                json.writeNumber(one.interval().get()[0]);
                json.writeNumber(one.interval().get()[1]);
                json.writeEndArray();
            }
            json.writeBooleanField("regression", regressed.contains(one));
            json.writeArrayFieldStart("flips");
            for (Flip flip :
                    one.flips().subList(0, Math.min(LISTED_IN_JSON, one.flips().size()))) {
                json.writeStartObject();
                json.writeStringField("instance", flip.instance());
                json.writeNumberField("before", flip.before());
                json.writeNumberField("after", flip.after());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("onlyOne");
        for (String scenario : diff.onlyOne()) {
            json.writeString(scenario);
        }
        json.writeEndArray();
    }
}
