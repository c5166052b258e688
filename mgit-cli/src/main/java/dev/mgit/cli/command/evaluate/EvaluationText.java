package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.hooks.eval.Evaluation;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.hooks.eval.Measured;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Evaluations of a version, for commands that show versions. */
public final class EvaluationText {
    private static final int LINES = 20;
    private static final int OF_A_SCENARIO = 6;

    private final Evaluations evaluations;

    public EvaluationText(Lineage lineage) {
        this.evaluations = new Evaluations(lineage);
    }

    /** One line a metric that versions are compared by, e.g. {@code eval sums/acc: 0.25 (lm-eval, 8 instances)}. */
    public List<String> lines(VersionId version) {
        List<String> lines = new ArrayList<>();
        int more = 0;
        for (Evaluation one : evaluations.latest(version)) {
            Map<String, Measured> compared = one.compared();
            compared.entrySet().stream().limit(OF_A_SCENARIO).forEach(metric -> lines.add(line(one, metric)));
            more += Math.max(0, compared.size() - OF_A_SCENARIO);
        }
        if (lines.size() > LINES) {
            more += lines.size() - LINES;
            lines.subList(LINES, lines.size()).clear();
        }
        if (more > 0) {
            lines.add("eval … " + more + " more; 'mgit eval table' shows all");
        }
        return lines;
    }

    private static String line(Evaluation one, Map.Entry<String, Measured> metric) {
        return "eval " + one.name(metric.getKey()) + ": "
                + number(metric.getValue().value()) + " (" + one.harness()
                + (one.instances() == 0 ? "" : ", " + one.instances() + " instances") + ")";
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

    /** At most four significant digits, or all of a whole number. */
    static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return String.format(Locale.ROOT, "%.0f", value + 0.0);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(4));
        boolean plain = Math.abs(value) >= 1e-4 && Math.abs(value) < 1e9;
        return plain ? rounded.stripTrailingZeros().toPlainString() : String.format(Locale.ROOT, "%.4g", value);
    }

    static String signed(double value) {
        return (value > 0 ? "+" : "") + number(value);
    }
}
