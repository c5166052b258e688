package dev.mgit.serve.web;

import dev.mgit.hooks.SignificantDigits;
import dev.mgit.hooks.cost.NotedCost;
import dev.mgit.hooks.eval.Evaluation;
import dev.mgit.hooks.numbers.NotedNumbers;
import dev.mgit.hooks.serving.ServingPlan;
import dev.mgit.hooks.serving.ServingPlans.Standing;
import java.util.List;
import java.util.Locale;

/** What other harnesses measured on a version, what a request to it costs, and how it is served. */
final class NumbersSection {
    private static final int MOST = 100;

    private final Html html;
    private final NotedNumbers numbers;

    NumbersSection(Html html, NotedNumbers numbers) {
        this.html = html;
        this.numbers = numbers;
    }

    void show() {
        if (!numbers.evaluations().isEmpty()) {
            section("Evaluations", List.of("scenario", "metric", "value ", "better", "harness"));
            numbers.evaluations().stream()
                    .flatMap(one -> one.compared().keySet().stream().map(metric -> new Line(one, metric)))
                    .limit(MOST)
                    .forEach(this::line);
            Tables.end(html).close();
        }
        if (!numbers.costs().isEmpty()) {
            section("Cost of a request", List.of("tokens", "hardware", "seconds ", "dollars ", "operations "));
            numbers.costs().forEach(this::cost);
            Tables.end(html).close();
        }
        if (!numbers.plans().isEmpty()) {
            section("Serving plans", List.of("threads ", "batch ", "instances, threads, items", "seconds ", "stale"));
            numbers.plans().forEach(this::plan);
            Tables.end(html).close();
        }
    }

    private void section(String title, List<String> columns) {
        html.open("section").open("h2").text(title).close();
        Tables.head(html, title, columns);
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

    private void cost(NotedCost cost) {
        html.open("tr").leaf("th", cost.prompt() + " + " + cost.output(), "scope", "row");
        html.leaf("td", cost.accelerators() + " × " + cost.hardware().name());
        Tables.number(html, cost.seconds().map(SignificantDigits::of).orElse(""));
        Tables.number(html, cost.dollars().map(SignificantDigits::of).orElse(""));
        Tables.number(html, SignificantDigits.of(cost.flops()));
        html.close();
    }

    private void plan(Standing standing) {
        ServingPlan plan = standing.plan().plan();
        html.open("tr");
        Tables.number(html, "" + plan.threads());
        Tables.number(html, "" + plan.batch());
        html.leaf("td", plan.text(), "class", "code");
        Tables.number(html, SignificantDigits.of(plan.seconds()));
        html.leaf("td", standing.stale().orElse("")).close();
    }
}
