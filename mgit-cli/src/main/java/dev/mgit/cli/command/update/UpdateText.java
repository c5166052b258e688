package dev.mgit.cli.command.update;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Plans and reports of updates for people. */
final class UpdateText {
    private static final int DETAIL_LINES = 12;

    private final Output output;

    UpdateText(Context context) {
        this.output = context.output();
    }

    void plan(UpdatePlan plan, int jobs) {
        if (plan.nodes().isEmpty()) {
            output.line("Nothing was made from " + plan.target());
            return;
        }
        Map<String, UpdatePlan.Unit> units = new LinkedHashMap<>();
        plan.units().forEach(unit -> unit.heads().keySet().forEach(model -> units.put(model, unit)));
        Table table = output.table("Model", "Now", "Action", "Took", "Why");
        for (UpdatePlan.Node node : plan.nodes()) {
            UpdatePlan.Unit unit = units.get(node.model());
            String together = unit != null && unit.heads().size() > 1 ? "; built together as " + unit.name() : "";
            table.row(
                    node.model(),
                    node.head().abbreviated(),
                    node.action().word(),
                    unit == null ? "" : time(unit.seconds()),
                    node.reason() + together);
        }
        table.print();
        hints(plan);
        if (plan.units().isEmpty()) {
            output.line("Nothing to run");
        } else {
            output.line(count(plan.units().size(), "command") + " to run; by earlier runs about "
                    + time(plan.estimate(jobs)) + " with " + count(jobs, "job") + " at a time");
        }
    }

    private void hints(UpdatePlan plan) {
        plan.nodes().stream()
                .filter(node -> node.action() == UpdatePlan.Action.NO_RECIPE)
                .findFirst()
                .ifPresent(node -> output.hint("make " + node.model() + " with 'mgit run', or record a recipe with "
                        + "'mgit recipe set " + node.model() + " -- COMMAND'"));
        if (plan.nodes().stream().anyMatch(node -> node.action() == UpdatePlan.Action.UNTRUSTED)) {
            output.hint("review and approve what came from elsewhere with 'mgit hooks trust'");
        }
    }

    void report(UpdateReport report) {
        Table table = output.table("Model", "Before", "After", "State", "Detail");
        for (UpdateReport.Line line : report.lines()) {
            String first = line.detail().lines().findFirst().orElse("");
            line.before()
                    .forEach((model, before) ->
                            table.row(model, before.abbreviated(), after(line, model), line.state(), first));
        }
        table.print();
        for (UpdateReport.Line line : report.lines()) {
            List<String> rest = line.detail().lines().skip(1).toList();
            if (line.state().equals("failed") && !rest.isEmpty()) {
                output.line("");
                output.line(line.name() + ":");
                rest.subList(Math.max(0, rest.size() - DETAIL_LINES), rest.size())
                        .forEach(text -> output.line("  " + text));
            }
        }
        output.line(summary(report));
        next(report);
    }

    private static String after(UpdateReport.Line line, String model) {
        VersionId after = line.after().get(model);
        return after == null ? "-" : after.abbreviated();
    }

    private static String summary(UpdateReport report) {
        String counts = report.lines().stream()
                .collect(Collectors.groupingBy(UpdateReport.Line::state, LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(state -> state.getValue() + " " + state.getKey())
                .collect(Collectors.joining(", "));
        return "Update " + report.id() + " of " + report.target() + ", " + report.state() + ": " + counts;
    }

    private void next(UpdateReport report) {
        if (!report.done()) {
            output.hint("continue with 'mgit update --continue', or abort with 'mgit update --abort'");
        } else if (report.failure().isPresent()) {
            output.hint("command logs are in " + report.logs() + "; once fixed, run 'mgit update " + report.target()
                    + "' to rebuild the rest");
        }
    }

    static String time(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }

    private static String count(int number, String thing) {
        return number + " " + thing + (number == 1 ? "" : "s");
    }
}
