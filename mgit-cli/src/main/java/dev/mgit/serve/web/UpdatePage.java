package dev.mgit.serve.web;

import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.UrlText;
import java.util.List;
import java.util.Map;

/** The update in progress, live, or the latest one. */
final class UpdatePage {
    private static final int RELOAD = 5;

    private final LineageView view;

    UpdatePage(LineageView view) {
        this.view = view;
    }

    /** {@code GET /api/mgit/v1/update} */
    Reply json(Request request) {
        return Reply.json(UpdateFacts.of(view).json());
    }

    /** {@code GET /api/mgit/v1/update/log} */
    Reply logJson(Request request) {
        return Reply.json(UpdateFacts.log(view, Queries.text(request, "model")));
    }

    /** {@code GET /-/update} */
    Reply page(Request request) {
        UpdateFacts facts = UpdateFacts.of(view);
        var main = new Html();
        main.open("div", "class", "wide update-page").leaf("h1", "Update");
        main.open("div", "id", "update", "data-live", facts.present() ? "yes" : "no");
        facts.report().ifPresentOrElse(report -> show(main, facts, report), () -> none(main));
        main.close();
        String model = Queries.text(request, "log");
        if (!model.isEmpty()) {
            log(main, UpdateFacts.log(view, model));
        }
        main.close();
        int reload = facts.running() ? RELOAD : 0;
        return new Page("Update", Links.UPDATE, view.name(), main, List.of("update.js"), reload).reply(200);
    }

    private static void none(Html main) {
        main.open("p").text("No update yet. ");
        main.leaf("code", "mgit update MODEL").text(" rebuilds what was made from a model that has a new version.");
        main.close();
    }

    private static void show(Html main, UpdateFacts facts, UpdateReport report) {
        main.open("p", "class", "state", "role", "status");
        main.leaf(
                "span", facts.present() ? report.state() : "over", "class", "badge " + (facts.running() ? "run" : ""));
        main.text(" update of ").leaf("strong", report.target()).text(" · " + report.id() + " · " + process(facts));
        main.close();
        long over = report.lines().stream().filter(line -> !waits(line.state())).count();
        main.leaf(
                "progress",
                "",
                "max",
                "" + Math.max(1, report.lines().size()),
                "value",
                "" + over,
                "aria-label",
                over + " of " + report.lines().size() + " done");
        Tables.head(main, "Models of the update", List.of("model", "state", "why", "detail", "version", "log"));
        report.lines().forEach(line -> row(main, line));
        Tables.end(main);
    }

    private static String process(UpdateFacts facts) {
        if (!facts.present()) {
            return "the latest";
        }
        if (facts.running()) {
            return facts.holder()
                            .map(holder -> holder.name() + " since " + holder.since())
                            .orElse("")
                    + (facts.cancelled() ? "; it was asked to end" : "");
        }
        return facts.cancelled() ? "cancelled" : "no process works on it: mgit update --continue";
    }

    static boolean waits(String state) {
        return state.equals("planned") || state.equals("running") || state.equals("ran");
    }

    private static void row(Html main, UpdateReport.Line line) {
        String look = switch (line.state()) {
            case "passed" -> "ok";
            case "failed" -> "bad";
            case "running", "ran" -> "run";
            case UpdateReport.STALE, "moved" -> "warn";
            default -> "";
        };
        main.open("tr")
                .open("th", "scope", "row", "class", "name")
                .text(line.name())
                .close();
        main.open("td")
                .leaf("span", line.reused() ? "reused" : line.state(), "class", "badge " + look)
                .close();
        main.leaf("td", StaleReason.text(line.reasons()));
        main.leaf("td", line.detail().lines().findFirst().orElse("")).open("td");
        for (Map.Entry<String, VersionId> made : line.after().entrySet()) {
            main.link(Links.version(made.getValue()), made.getValue().abbreviated(), "class", "code")
                    .text(" ");
        }
        main.close().open("td");
        line.before().keySet().stream()
                .findFirst()
                .ifPresent(model -> main.link(
                        Links.UPDATE + "?log=" + UrlText.encode(model) + "#log",
                        "log",
                        "data-log",
                        model,
                        "class",
                        "quiet"));
        main.close().close();
    }

    private static void log(Html main, Map<String, Object> log) {
        main.open("section", "id", "log")
                .open("h2")
                .text("Log of " + log.get("model"))
                .close();
        for (String stream : List.of("out", "err")) {
            String text = String.valueOf(log.get(stream));
            if (!text.isEmpty()) {
                main.leaf("h3", stream.equals("out") ? "Output" : "Errors").open("pre", "class", "log");
                text.lines().forEach(line -> main.text(line).drawing("\n"));
                main.close();
            }
        }
        main.close();
    }
}
