package dev.mgit.cli.command.update;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Plans and reports of updates for people. */
final class UpdateText {
    private static final int DETAIL_LINES = 12;
    private static final int STALE_SHOWN = 5;

    private final Output output;

    UpdateText(Context context) {
        this.output = context.output();
    }

    void plan(UpdatePlan plan, int jobs) {
        if (!plan.targetReasons().isEmpty()) {
            output.line(plan.target() + " itself is stale: " + StaleReason.text(plan.targetReasons()));
            output.hint("'mgit update --stale " + plan.target() + "' rebuilds it first");
        }
        if (plan.nodes().isEmpty()) {
            output.line(plan.head().isPresent() ? "Nothing was made from " + plan.target() : "Nothing is stale");
            return;
        }
        nodes(plan);
        hints(plan);
        if (plan.units().isEmpty()) {
            output.line("Nothing to run" + staysStale(plan));
        } else {
            output.line(count(plan.units().size(), "command") + " to run; by earlier runs about "
                    + time(plan.estimate(jobs)) + " with " + count(jobs, "job") + " at a time");
        }
    }

    /** What is stale after all, where nothing is to run. */
    private static String staysStale(UpdatePlan plan) {
        List<String> stale = plan.nodes().stream()
                .filter(node -> node.action() == UpdatePlan.Action.STALE
                        || node.action().stops())
                .map(node -> node.model() + " (" + node.reason() + ")")
                .toList();
        String more = stale.size() > STALE_SHOWN ? " and " + (stale.size() - STALE_SHOWN) + " more" : "";
        return stale.isEmpty()
                ? ""
                : ", and still stale: " + String.join(", ", stale.subList(0, Math.min(STALE_SHOWN, stale.size())))
                        + more;
    }

    private void nodes(UpdatePlan plan) {
        Map<String, UpdatePlan.Unit> units = new LinkedHashMap<>();
        plan.units().forEach(unit -> unit.heads().keySet().forEach(model -> units.put(model, unit)));
        boolean along =
                plan.nodes().stream().anyMatch(node -> !node.takesAlong().isEmpty());
        List<String> titles = new ArrayList<>(List.of("Model", "Now", "Action", "Took", "Why"));
        if (along) {
            titles.add("Takes along");
        }
        Table table = output.table(titles.toArray(new String[0]));
        for (UpdatePlan.Node node : plan.nodes()) {
            UpdatePlan.Unit unit = units.get(node.model());
            String together = unit != null && unit.heads().size() > 1 ? "; built together as " + unit.name() : "";
            List<String> cells = new ArrayList<>(List.of(
                    node.model(),
                    node.head().abbreviated(),
                    node.action().word(),
                    unit == null ? "" : time(unit.seconds()),
                    node.reason() + together));
            if (along) {
                cells.add(node.takesAlong());
            }
            table.row(cells.toArray());
        }
        table.print();
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
        if (plan.nodes().stream().anyMatch(node -> node.action() == UpdatePlan.Action.STALE)) {
            output.hint("'mgit update --stale' also rebuilds what is stale by data, code, recipe or packages");
        }
    }

    void report(UpdateReport report) {
        table(report);
        next(report);
    }

    /** Without what to do next. */
    void table(UpdateReport report) {
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
    }

    private static String after(UpdateReport.Line line, String model) {
        VersionId after = line.after().get(model);
        return after == null ? "-" : after.abbreviated();
    }

    /** Counts models, as the table lists them. */
    private static String summary(UpdateReport report) {
        Map<String, Integer> models = new LinkedHashMap<>();
        report.lines().forEach(line -> models.merge(line.state(), line.before().size(), Integer::sum));
        String counts = models.entrySet().stream()
                .map(state -> state.getValue() + " " + state.getKey())
                .collect(Collectors.joining(", "));
        int reused = report.lines().stream()
                .filter(UpdateReport.Line::reused)
                .mapToInt(line -> line.before().size())
                .sum();
        return "Update " + report.id() + " of " + report.target() + ", " + report.state() + ": " + counts
                + (reused == 0 ? "" : " (" + reused + " reused)");
    }

    void next(UpdateReport report) {
        if (!report.done()) {
            output.hint("continue with 'mgit update --continue', or abort with 'mgit update --abort'");
            return;
        }
        if (!report.failed().isEmpty()) {
            output.hint("command logs are in " + report.logs() + "; once fixed, run 'mgit update "
                    + (report.target().contains(" ") ? "--stale" : report.target()) + "' to rebuild the rest");
            if (report.lines().stream()
                    .anyMatch(line -> line.reused() && line.state().equals("failed"))) {
                output.hint("'--force MODEL' runs a command again whose earlier output was reused");
            }
        } else if (report.failure().isPresent()) {
            output.hint(
                    "make what is still stale by 'mgit run' or 'mgit recipe set', approve it with 'mgit hooks trust', "
                            + "or leave it out with --skip");
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
