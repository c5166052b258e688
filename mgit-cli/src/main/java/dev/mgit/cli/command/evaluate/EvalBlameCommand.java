package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.hooks.SignificantDigits;
import dev.mgit.hooks.eval.EvaluationBlame;
import dev.mgit.hooks.eval.EvaluationBlame.Step;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.lineage.version.Lineage;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Finds where a metric was lost. */
@Command(
        name = "blame",
        description = {
            "Find the edge of the lineage that lost most of a metric.",
            "Follows REV back to its roots by what was noted; steps over versions that were not evaluated."
        })
final class EvalBlameCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "METRIC", description = "SCENARIO/METRIC, or METRIC where that is plain.")
    private String metric = "";

    @Parameters(index = "1", paramLabel = "REV", description = "Where to start.")
    private String revision = "";

    @Mixin
    private final JsonOption json = new JsonOption();

    EvalBlameCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Lineage lineage = session.repository().lineage();
            EvaluationBlame blame =
                    EvaluationBlame.of(lineage, new Evaluations(lineage), metric, session.resolve(revision));
            if (json.wanted()) {
                context.output().json(out -> json(out, blame));
            } else {
                print(session, blame);
            }
        }
        return 0;
    }

    private void print(Session session, EvaluationBlame blame) {
        Output output = context.output();
        for (Step step : blame.steps()) {
            String line = edge(session, step) + ": " + SignificantDigits.of(step.before()) + " -> "
                    + SignificantDigits.of(step.after())
                    + step.incomparable()
                            .map(field -> ", cannot be compared: " + field)
                            .orElse("");
            boolean worst = blame.culprit().filter(step::equals).isPresent();
            output.line(worst ? output.styled(Output.Style.RED, line) : line);
        }
        Optional<Step> culprit = blame.culprit();
        output.line(culprit.map(step -> blame.metric() + " was lost by " + edge(session, step) + ": "
                        + SignificantDigits.signed(step.gain())
                        + (step.between() == 0 ? "" : ", in one of " + (step.between() + 1) + " edges"))
                .orElse("No edge lost " + blame.metric()));
        culprit.filter(step -> step.between() > 0)
                .ifPresent(step -> output.hint("evaluate the versions between them to narrow it down"));
    }

    private static String edge(Session session, Step step) {
        return session.name(step.child())
                + (step.kind().equals("version") ? ", which replaces " : ", " + step.kind() + " of ")
                + session.name(step.parent())
                + (step.between() == 0 ? "" : " (" + step.between() + " not evaluated between)");
    }

    private static void json(JsonGenerator json, EvaluationBlame blame) throws IOException {
        json.writeStringField("metric", blame.metric());
        json.writeArrayFieldStart("steps");
        for (Step step : blame.steps()) {
            json.writeStartObject();
            json.writeStringField("child", step.child().hex());
            json.writeStringField("parent", step.parent().hex());
            json.writeStringField("kind", step.kind());
            json.writeNumberField("between", step.between());
            json.writeNumberField("before", step.before());
            json.writeNumberField("after", step.after());
            json.writeNumberField("gain", step.gain());
            if (step.incomparable().isPresent()) {
                json.writeStringField("incomparable", step.incomparable().get());
            }
            json.writeBooleanField(
                    "culprit", blame.culprit().filter(step::equals).isPresent());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
