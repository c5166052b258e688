package dev.mgit.serve.web;

import dev.mgit.hooks.modeltest.LatestOutcome;
import dev.mgit.hooks.modeltest.MetricTrend;
import dev.mgit.hooks.modeltest.TrendSvg;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A version's page, section by section. */
final class VersionSections {
    private static final int TENSORS = 25;

    private final Html html;
    private final VersionFacts facts;
    private final Version version;
    private final Snapshot now;

    VersionSections(Html html, VersionFacts facts, Snapshot now) {
        this.html = html;
        this.facts = facts;
        this.version = facts.version();
        this.now = now;
    }

    void all(StoredBytes stored) {
        heading();
        edges();
        tests();
        new NumbersSection(html, facts.numbers()).show();
        new RecipeSection(html, facts).show();
        files();
        tensors();
        storage(stored);
    }

    private void heading() {
        VersionId id = version.id();
        html.open("header", "class", "title").open("h1").text(facts.label());
        if (facts.head()) {
            html.leaf("span", "newest", "class", "badge ok");
        }
        facts.tags().forEach(tag -> html.leaf("span", tag, "class", "badge tag"));
        facts.checkpoint().lossy().ifPresent(bound -> html.leaf("span", "lossy " + bound, "class", "badge warn"));
        html.close().open("p", "class", "message");
        version.message().lines().forEach(line -> html.text(line).tag("br"));
        html.close().open("dl", "class", "facts");
        html.leaf("dt", "Version")
                .open("dd")
                .leaf("code", id.hex(), "data-copy", "")
                .close();
        Tables.fact(html, "Model", version.model());
        Tables.fact(html, "Author", version.author().toString());
        html.leaf("dt", "Date").open("dd");
        html.leaf(
                        "time",
                        Amounts.date(version.when()),
                        "datetime",
                        version.when().toString())
                .close();
        version.trailers().forEach((key, value) -> Tables.fact(html, key, value));
        html.close().open("p", "class", "actions");
        if (now.graph().contains(id)) {
            html.link(Links.graph(id), "Show in the graph", "class", "button primary");
        }
        before().ifPresent(from -> html.link(
                Links.diff(from, id),
                "Compare with " + VersionFacts.parentLabel(now, from, version.model()),
                "class",
                "button"));
        html.close().close();
    }

    /** What the version is best compared with: the one before it, else what it was derived from. */
    private Optional<VersionId> before() {
        return version.previous()
                .or(() -> version.origins().stream().findFirst().map(ProvenanceEdge::parent));
    }

    private void section(String title, String note) {
        html.open("section").open("h2").text(title);
        if (!note.isEmpty()) {
            html.leaf("span", note, "class", "note");
        }
        html.close();
    }

    private void edges() {
        section("Edges", "");
        html.open("div", "class", "columns").open("div").leaf("h3", "Made from");
        if (version.previous().isEmpty() && version.origins().isEmpty()) {
            html.leaf("p", "Nothing: a root.", "class", "quiet");
        }
        html.open("ul", "class", "edges");
        version.previous().ifPresent(previous -> edge("version", previous, version.model(), "replaced"));
        for (ProvenanceEdge origin : version.origins()) {
            edge(
                    origin.kind().word(),
                    origin.parent(),
                    origin.model(),
                    origin.source().word());
        }
        html.close().close().open("div").open("h3").text("Made from it");
        html.close().open("ul", "class", "edges");
        facts.children().forEach(child -> edge(child.kind(), child.id(), child.label(), ""));
        html.close();
        int more = facts.allChildren() - facts.children().size();
        if (more > 0) {
            html.open("p").link(Links.graph(version.id()), Amounts.count(more) + " more in the graph");
            html.close();
        } else if (facts.children().isEmpty()) {
            html.leaf("p", "Nothing yet.", "class", "quiet");
        }
        html.close().close().close();
    }

    private void edge(String kind, VersionId other, String recorded, String source) {
        html.open("li").leaf("span", kind, "class", "edge " + GraphPage.family(kind));
        html.link(Links.version(other), VersionFacts.parentLabel(now, other, recorded), "class", "name");
        if (!source.isEmpty()) {
            html.leaf("span", source, "class", source.equals("inferred") ? "badge warn" : "badge");
        }
        boolean parent = version.previous().filter(other::equals).isPresent()
                || version.origins().stream().anyMatch(origin -> origin.parent().equals(other));
        html.link(
                parent ? Links.diff(other, version.id()) : Links.diff(version.id(), other),
                "diff",
                "class",
                "quiet more",
                "aria-label",
                "Compare with " + other.abbreviated());
        html.close();
    }

    private void tests() {
        if (facts.tests().isEmpty() && facts.trends().isEmpty()) {
            return;
        }
        section("Tests", "");
        Tables.head(html, "Latest results", List.of("test", "result", "metrics"));
        for (LatestOutcome test : facts.tests()) {
            html.open("tr").leaf("th", test.test(), "scope", "row").open("td");
            html.leaf("span", test.status(), "class", "badge " + (test.passed() ? "ok" : "bad"));
            if (!test.passed()) {
                html.text(" " + test.text());
            }
            if (test.outdated()) {
                html.leaf("span", "code or data has changed since", "class", "badge warn");
            }
            html.close().leaf("td", metrics(test), "class", "figures").close();
        }
        Tables.end(html);
        if (!facts.trends().isEmpty()) {
            html.leaf("h3", "Along the model’s versions");
            Tables.head(html, "Trends", List.of("metric", "oldest to newest", "values"));
            for (MetricTrend trend : facts.trends()) {
                html.open("tr")
                        .leaf("th", trend.column().title(), "scope", "row")
                        .open("td");
                html.drawing(TrendSvg.draw(trend)).close();
                html.leaf("td", TrendSvg.words(trend), "class", "figures").close();
            }
            Tables.end(html);
        }
        html.close();
    }

    private static String metrics(LatestOutcome test) {
        return test.metrics().entrySet().stream()
                .map(metric -> metric.getKey() + " " + String.format(Locale.ROOT, "%.5g", metric.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void files() {
        List<FileEntry> files = facts.checkpoint().files();
        section(
                "Files",
                Amounts.count(files.size(), "file") + ", "
                        + Amounts.bytes(facts.checkpoint().size()));
        Tables.head(html, "Files", List.of("path", "size ", "format", "tensors ", "SHA-256"));
        for (FileEntry file : files) {
            Optional<Manifest> manifest = Optional.ofNullable(facts.manifests().get(file.path()));
            html.open("tr");
            path(file.path());
            Tables.number(html, Amounts.bytes(file.size()));
            html.leaf("td", manifest.map(Manifest::format).orElse(""));
            Tables.number(
                    html,
                    manifest.map(found -> Amounts.count(found.tensors().size())).orElse(""));
            String digest = manifest.map(Manifest::sha256).orElse("");
            html.leaf(
                            "td",
                            digest.isEmpty() ? "" : digest.substring(0, 12) + "…",
                            "class",
                            "code quiet",
                            "title",
                            digest)
                    .close();
        }
        Tables.end(html).close();
    }

    /** A link for what can be asked for: files of models that are there, and have a name of two parts at most. */
    private void path(String path) {
        String model = version.model();
        boolean known = now.names().stream()
                .anyMatch(named -> !named.tag() && named.name().equals(model));
        if (!known || model.chars().filter(c -> c == '/').count() > 1) {
            html.leaf("td", path, "class", "code");
            return;
        }
        html.open("td", "class", "code")
                .link(Links.download(model, version.id(), path), path, "download", "")
                .close();
    }

    private void tensors() {
        TensorList list = TensorList.of(facts.manifests(), "", 0, TENSORS);
        if (list.total() == 0) {
            return;
        }
        section("Tensors", Amounts.count(list.total()));
        VersionPage.rows(html, list);
        if (list.total() > TENSORS) {
            html.open("p").link(Links.tensors(version.id()), "All " + Amounts.count(list.total()) + " tensors");
            html.close();
        }
        html.close();
    }

    private void storage(StoredBytes stored) {
        if (stored.blocks() == 0) {
            return;
        }
        section(
                "Storage",
                Amounts.bytes(stored.rawBytes()) + " of blocks kept in " + Amounts.bytes(stored.storedBytes()) + " ("
                        + Amounts.ratio(stored.rawBytes(), stored.storedBytes()) + "), shared ones included"
                        + (stored.whole() ? "" : "; only the first " + Amounts.count(stored.blocks(), "block")));
        Tables.head(html, "Storage", List.of("predicted by", "depth ", "blocks ", "raw ", "stored ", "ratio "));
        for (StoredBytes.Way way : stored.ways()) {
            html.open("tr").leaf("td", way.predictor());
            Tables.number(html, "" + way.depth());
            Tables.number(html, Amounts.count(way.blocks()));
            Tables.number(html, Amounts.bytes(way.rawBytes()));
            Tables.number(html, Amounts.bytes(way.storedBytes()));
            Tables.number(html, Amounts.ratio(way.rawBytes(), way.storedBytes()))
                    .close();
        }
        Tables.end(html).close();
    }
}
