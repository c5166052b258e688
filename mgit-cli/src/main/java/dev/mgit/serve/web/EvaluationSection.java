package dev.mgit.serve.web;

import dev.mgit.hooks.eval.Evaluation;
import java.util.List;
import java.util.Locale;

/** What other harnesses measured on a version. */
final class EvaluationSection {
    private static final int MOST = 100;

    private final Html html;
    private final List<Evaluation> evaluations;

    EvaluationSection(Html html, VersionFacts facts) {
        this.html = html;
        this.evaluations = facts.evaluations();
    }

    void show() {
        if (evaluations.isEmpty()) {
            return;
        }
        html.open("section").open("h2").text("Evaluations").close();
        Tables.head(html, "Evaluations", List.of("scenario", "metric", "value ", "better", "harness"));
        evaluations.stream()
                .flatMap(one -> one.compared().keySet().stream().map(metric -> new Line(one, metric)))
                .limit(MOST)
                .forEach(this::line);
        Tables.end(html).close();
    }

    private record Line(Evaluation evaluation, String metric) {}

    private void line(Line line) {
        var value = line.evaluation().compared().get(line.metric());
        html.open("tr").leaf("th", line.evaluation().scenario(), "scope", "row").leaf("td", line.metric());
        Tables.number(html, value == null ? "" : String.format(Locale.ROOT, "%.4g", value.value()));
        html.leaf(
                        "td",
                        value == null
                                ? ""
                                : value.direction()
                                        .map(way -> way.name().toLowerCase(Locale.ROOT))
                                        .orElse(""))
                .leaf("td", line.evaluation().harness())
                .close();
    }
}
