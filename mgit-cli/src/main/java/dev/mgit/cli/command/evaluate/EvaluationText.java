package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.hooks.eval.Evaluation;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.hooks.eval.Measured;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Evaluations of a version, for commands that show versions. */
public final class EvaluationText {
    private static final int LINES = 12;

    private final Evaluations evaluations;

    public EvaluationText(Lineage lineage) {
        this.evaluations = new Evaluations(lineage);
    }

    /** One line a metric that versions are compared by, e.g. {@code eval sums/acc: 0.25 (lm-eval, 8 instances)}. */
    public List<String> lines(VersionId version) {
        List<String> lines = new ArrayList<>();
        for (Evaluation one : evaluations.latest(version)) {
            one.compared()
                    .forEach((metric, value) -> lines.add("eval " + one.name(metric) + ": " + number(value.value())
                            + " (" + one.harness()
                            + (one.instances() == 0 ? "" : ", " + one.instances() + " instances") + ")"));
        }
        int more = lines.size() - LINES;
        if (more > 1) {
            lines.subList(LINES, lines.size()).clear();
            lines.add("eval … " + more + " more; 'mgit eval table' shows all");
        }
        return lines;
    }

    /** Writes the field {@code evaluations} of a version's object. */
    public void json(JsonGenerator json, VersionId version) throws IOException {
        json.writeArrayFieldStart("evaluations");
        for (Evaluation one : evaluations.latest(version)) {
            json.writeStartObject();
            json.writeStringField("harness", one.harness());
            json.writeStringField("scenario", one.scenario());
            json.writeNumberField("instances", one.instances());
            json.writeObjectFieldStart("metrics");
            for (Map.Entry<String, Measured> metric : one.metrics().entrySet()) {
                json.writeNumberField(metric.getKey(), metric.getValue().value());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Four significant digits. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.format(Locale.ROOT, "%.0f", value + 0.0)
                : String.format(Locale.ROOT, "%.4g", value);
    }

    static String signed(double value) {
        return (value > 0 ? "+" : "") + number(value);
    }
}
