package dev.mgit.serve.web;

import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.report.DiffJson;
import dev.mgit.lineage.diff.report.DiffReport;
import dev.mgit.lineage.diff.report.DiffReport.Detail;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Two versions side by side, and how far each layer moved. */
final class DiffPage {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_ROWS = 500;

    private final LineageView view;
    private final Comparisons comparisons;

    DiffPage(LineageView view, Comparisons comparisons) {
        this.view = view;
        this.comparisons = comparisons;
    }

    private Comparisons.Pair pair(Request request) {
        return new Comparisons.Pair(view.resolve(Queries.text(request, "a")), view.resolve(Queries.text(request, "b")));
    }

    /** {@code GET /api/mgit/v1/diff}: 200 with the diff, or 202 with how far it is */
    Reply json(Request request) throws IOException {
        Desk.Answer<Diff> answer = comparisons.ask(pair(request), PATIENCE);
        return answer.value()
                .map(diff -> {
                    Map<String, Object> json = new LinkedHashMap<>(DiffJson.of(diff));
                    json.put("measured", diff.measured());
                    return Reply.json(json);
                })
                .orElseGet(() -> Reply.json(202, Map.of("share", answer.share())));
    }

    /** {@code GET /-/diff} */
    Reply page(Request request) throws IOException {
        var main = new Html();
        main.open("div", "class", "wide diff-page");
        if (Queries.text(request, "a").isEmpty() || Queries.text(request, "b").isEmpty()) {
            main.leaf("h1", "Compare two versions");
            choose(main, Queries.text(request, "a"), Queries.text(request, "b"));
            return page("Compare", main.close()).reply(200);
        }
        Comparisons.Pair pair = pair(request);
        Desk.Answer<Diff> answer = comparisons.ask(pair, PATIENCE);
        sides(main, pair);
        if (answer.value().isEmpty()) {
            waiting(main, answer.share());
            // Without JavaScript too: the page asks again by itself.
            return page("Comparing…", main.close()).reply(200).with(Map.of("Refresh", "1"));
        }
        show(main, answer.value().get());
        return page(answer.value().get().a() + " → " + answer.value().get().b(), main.close())
                .reply(200);
    }

    private Page page(String title, Html main) {
        return new Page(title, Links.DIFF, view.name(), main, List.of());
    }

    private static void choose(Html main, String a, String b) {
        main.open("form", "method", "get", "class", "inline");
        for (Map.Entry<String, String> side : List.of(Map.entry("a", a), Map.entry("b", b))) {
            main.open("label").text(side.getKey().toUpperCase(Locale.ROOT) + " ");
            main.tag("input", "name", side.getKey(), "value", side.getValue(), "placeholder", "model, tag or id");
            main.close();
        }
        main.leaf("button", "Compare", "type", "submit").close();
    }

    private void sides(Html main, Comparisons.Pair pair) {
        main.leaf("h1", "Comparison", "class", "unseen");
        main.open("div", "class", "columns sides");
        side(main, "A", pair.a());
        side(main, "B", pair.b());
        main.close().open("p", "class", "actions");
        main.link(Links.diff(pair.b(), pair.a()), "Swap sides", "class", "button")
                .close();
    }

    private void side(Html main, String letter, VersionId id) {
        Snapshot now = view.snapshot();
        Version version = view.read(lineage -> lineage.version(id));
        main.open("div", "class", "card").leaf("span", letter, "class", "letter", "aria-hidden", "true");
        main.open("h2").link(Links.version(id), VersionFacts.parentLabel(now, id, version.model()));
        main.close().leaf("p", version.subject());
        main.open("p", "class", "quiet").leaf("code", id.abbreviated());
        main.text(" · " + version.author().name() + " · " + Amounts.date(version.when()))
                .close()
                .close();
    }

    private static void waiting(Html main, double share) {
        main.open("section", "class", "waiting", "role", "status").leaf("h2", "Comparing weights…");
        main.leaf("progress", "", "max", "1", "value", String.format(Locale.ROOT, "%.3f", share))
                .leaf("p", "The page shows the result when it is there.");
        main.close();
    }

    private static void show(Html main, Diff diff) {
        DiffReport report = DiffReport.of(diff, Detail.TENSORS);
        main.leaf("p", report.reading(), "class", "reading").leaf("p", report.counts(), "class", "quiet");
        if (!diff.measured()) {
            main.open("p", "class", "notice")
                    .text("Reading the weights took too long, so how much they moved is not " + "shown. ");
            main.leaf("code", "mgit diff A B").text(" takes the time it needs.").close();
        }
        new HeatMap(diff.layers()).show(main);
        report.tables().stream()
                .filter(table -> !table.title().equals("Layers"))
                .forEach(table -> table(main, table));
    }

    private static void table(Html main, DiffReport.Table table) {
        main.open("section").leaf("h2", table.title());
        main.open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", table.title());
        Tables.head(main, table.title(), table.headings());
        table.rows().stream().limit(MOST_ROWS).forEach(row -> {
            main.open("tr", "class", "look-" + row.look().name().toLowerCase(Locale.ROOT));
            row.cells().forEach(cell -> main.leaf("td", cell, "class", "code"));
            main.close();
        });
        Tables.end(main).close();
        int more = table.more() + Math.max(0, table.rows().size() - MOST_ROWS);
        if (more > 0) {
            main.leaf("p", Amounts.count(more) + " more are not shown.", "class", "quiet");
        }
        main.close();
    }
}
