package dev.mgit.serve.web;

import dev.mgit.hooks.cascade.UpdatePlan;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which models are stale and why. By the lineage alone unless asked for more: data, code and packages are looked at in
 * the background, for that reads what recipes read.
 */
final class StalePage implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final LineageView view;
    private final Desk<String, UpdatePlan> desk;

    StalePage(LineageView view) {
        this.view = view;
        this.desk = new Desk<>((key, effort) -> plan(), Duration.ofMinutes(10));
    }

    private UpdatePlan plan() {
        try (Repository repository = view.another()) {
            return UpdateFacts.plan(view.workspace(repository));
        }
    }

    /** Asks interpreters for their packages, so no page of another origin may send its visitors there. */
    private static boolean thorough(Request request) {
        boolean wanted = Queries.text(request, "look").equals("all");
        boolean own = request.header("Sec-Fetch-Site")
                .map(site -> site.equals("same-origin") || site.equals("none"))
                .orElse(true);
        if (wanted && !own) {
            throw new HttpError(403, "data, code and packages are not looked at for pages of other origins");
        }
        return wanted;
    }

    private Desk.Answer<UpdatePlan> ask(Request request) throws IOException {
        if (!thorough(request)) {
            return new Desk.Answer<>(Optional.of(UpdateFacts.glance(view)), 1);
        }
        Desk.Answer<UpdatePlan> answer = desk.ask("all", PATIENCE);
        if (answer.value().isPresent()) {
            desk.forget("all"); // what it read may be another the next time
        }
        return answer;
    }

    /** {@code GET /api/mgit/v1/stale}: 200 with what is stale, or 202 while it is found out */
    Reply json(Request request) throws IOException {
        Desk.Answer<UpdatePlan> answer = ask(request);
        if (answer.value().isEmpty()) {
            return Reply.json(202, Map.of("share", answer.share()));
        }
        return Reply.json(Map.of(
                "thorough",
                thorough(request),
                "models",
                stale(answer.value().get()).stream().map(StalePage::json).toList()));
    }

    private static List<UpdatePlan.Node> stale(UpdatePlan plan) {
        return plan.nodes().stream()
                .filter(node -> !node.reasons().isEmpty() || node.action() == UpdatePlan.Action.BLOCKED)
                .toList();
    }

    private static Map<String, Object> json(UpdatePlan.Node node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", node.model());
        json.put("head", node.head().hex());
        json.put("action", node.action().word());
        json.put("reason", node.reason());
        json.put("reasons", StaleReason.toJson(node.reasons()));
        return json;
    }

    /** {@code GET /-/stale} */
    Reply page(Request request) throws IOException {
        Desk.Answer<UpdatePlan> answer = ask(request);
        var main = new Html();
        main.open("div", "class", "wide").leaf("h1", "Stale models");
        if (answer.value().isEmpty()) {
            main.open("section", "class", "waiting", "role", "status")
                    .leaf("h2", "Looking at data, code and packages…");
            main.leaf("progress", "").close();
            return page(main.close()).reply(200).with(Map.of("Refresh", "1"));
        }
        List<UpdatePlan.Node> stale = stale(answer.value().get());
        main.open("p");
        main.text(
                thorough(request)
                        ? "By parents, data, code, recipes and packages. "
                        : "By parents and recipes, as the lineage has them. ");
        main.link(
                thorough(request) ? Links.STALE : Links.STALE + "?look=all",
                thorough(request) ? "Look at the lineage alone" : "Look at data, code and packages, too");
        main.close();
        if (stale.isEmpty()) {
            main.leaf("p", "Nothing is stale.", "class", "blank-line");
        } else {
            table(main, stale);
            main.open("p", "class", "quiet").leaf("code", "mgit update --stale --plan");
            main.text(" shows what would be rebuilt.").close();
        }
        return page(main.close()).reply(200);
    }

    private Page page(Html main) {
        return new Page("Stale models", Links.STALE, view.name(), main, List.of());
    }

    private static void table(Html main, List<UpdatePlan.Node> stale) {
        Tables.head(main, "Stale models", List.of("model", "what has changed", "an update would"));
        for (UpdatePlan.Node node : stale) {
            main.open("tr").open("th", "scope", "row");
            main.link(Links.version(node.head()), node.model(), "class", "name")
                    .close()
                    .open("td");
            main.open("ul", "class", "reasons");
            for (StaleReason reason : node.reasons()) {
                main.open("li")
                        .leaf(
                                "span",
                                reason.kind().word(),
                                "class",
                                "badge why-" + reason.kind().word());
                main.leaf("span", reason.change(), "class", "code").close();
            }
            main.close()
                    .close()
                    .open("td")
                    .text(
                            node.action() == UpdatePlan.Action.RUN
                                    ? "rebuild it"
                                    : node.action().word());
            if (node.action() != UpdatePlan.Action.RUN && !node.reason().isEmpty()) {
                main.leaf("p", node.reason(), "class", "quiet");
            }
            main.close().close();
        }
        Tables.end(main);
    }

    @Override
    public void close() {
        desk.close();
    }
}
