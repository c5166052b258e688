package dev.mgit.hooks.numbers;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.SignificantDigits;
import dev.mgit.hooks.cost.NotedCost;
import dev.mgit.hooks.cost.NotedCosts;
import dev.mgit.hooks.eval.Evaluation;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.hooks.eval.Measured;
import dev.mgit.hooks.serving.ServingPlans;
import dev.mgit.hooks.serving.ServingPlans.Standing;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What was measured on a version, and what follows from it.
 *
 * @param evaluations the latest of each scenario
 * @param costs the latest of each request and hardware
 */
public record NotedNumbers(List<Evaluation> evaluations, List<NotedCost> costs, List<Standing> plans) {
    public static final NotedNumbers NONE = new NotedNumbers(List.of(), List.of(), List.of());

    private static final int LINES = 20;
    private static final int OF_A_SCENARIO = 6;

    public NotedNumbers {
        evaluations = List.copyOf(evaluations);
        costs = List.copyOf(costs);
        plans = List.copyOf(plans);
    }

    /**
     * Those noted on a version itself: a note of each kind is read, and nothing else where there is none.
     *
     * @param root where profiles of plans are looked for
     */
    public static NotedNumbers of(Lineage lineage, Path root, VersionId version) {
        return of(lineage, version, new ServingPlans(lineage, root).noted(version));
    }

    /** The same, with the plans of the latest version before it that has any, where it has none. */
    public static NotedNumbers standing(Lineage lineage, Path root, VersionId version) {
        return of(lineage, version, new ServingPlans(lineage, root).of(version));
    }

    private static NotedNumbers of(Lineage lineage, VersionId version, List<Standing> plans) {
        return new NotedNumbers(new Evaluations(lineage).latest(version), new NotedCosts(lineage).of(version), plans);
    }

    /** A line each: metrics that versions are compared by, costs, plans. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(evaluationLines());
        costs.stream().map(NotedCost::text).forEach(lines::add);
        plans.stream().map(Standing::text).forEach(lines::add);
        return lines;
    }

    /** One line a metric, e.g. {@code eval sums/acc: 0.25 (lm-eval, 8 instances)}. */
    private List<String> evaluationLines() {
        List<String> lines = new ArrayList<>();
        int more = 0;
        for (Evaluation one : evaluations) {
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
                + SignificantDigits.of(metric.getValue().value()) + " (" + one.harness()
                + (one.instances() == 0 ? "" : ", " + one.instances() + " instances") + ")";
    }

    public List<JsonObject> evaluationsJson() {
        return evaluations.stream().map(Evaluation::told).toList();
    }

    public List<JsonObject> costsJson() {
        return costs.stream().map(NotedCost::told).toList();
    }

    public List<JsonObject> plansJson() {
        return plans.stream().map(Standing::toJson).toList();
    }
}
