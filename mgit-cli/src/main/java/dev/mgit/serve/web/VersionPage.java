package dev.mgit.serve.web;

import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.UrlText;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The page of a version, that of its tensors, and both for programs. */
final class VersionPage {
    private static final int TENSORS = 100;
    private static final int MOST_TENSORS = 1000;
    private static final Duration GLANCE = Duration.ofMillis(400);
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final LineageView view;

    VersionPage(LineageView view) {
        this.view = view;
    }

    /** {@code GET /api/mgit/v1/versions/REVISION} */
    Reply json(Request request) {
        return Reply.json(VersionJson.of(VersionFacts.of(view, view.resolve(request.part("revision")))));
    }

    /** {@code GET /api/mgit/v1/versions/REVISION/tensors} */
    Reply tensorsJson(Request request) {
        TensorList list = tensors(request, view.resolve(request.part("revision")));
        return Reply.json(Map.of(
                "total",
                list.total(),
                "from",
                list.from(),
                "tensors",
                list.rows().stream().map(VersionJson::tensor).toList()));
    }

    /** {@code GET /api/mgit/v1/versions/REVISION/storage} */
    Reply storageJson(Request request) {
        VersionId id = view.resolve(request.part("revision"));
        return Reply.json(StoredBytes.of(view, manifests(id).values(), LOOK).json());
    }

    private Map<String, Manifest> manifests(VersionId id) {
        return view.read(lineage -> VersionFacts.manifests(lineage, lineage.checkpoint(id)));
    }

    private TensorList tensors(Request request, VersionId id) {
        int from = Queries.number(request, "from", 0, 0, Integer.MAX_VALUE - MOST_TENSORS);
        int most = Queries.number(request, "limit", TENSORS, 1, MOST_TENSORS);
        return TensorList.of(manifests(id), Queries.text(request, "q"), from, most);
    }

    /** {@code GET /-/version/REVISION} */
    Reply page(Request request) {
        VersionId id = view.resolve(request.part("revision"));
        VersionFacts facts = VersionFacts.of(view, id);
        StoredBytes stored = StoredBytes.of(view, facts.manifests().values(), GLANCE);
        var main = new Html();
        main.within(
                "div",
                page -> new VersionSections(page, facts, view.snapshot()).all(stored),
                "class",
                "wide version-page");
        return new Page(facts.label(), Links.MODELS, view.name(), main, List.of()).reply(200);
    }

    /** {@code GET /-/version/REVISION/tensors} */
    Reply tensorsPage(Request request) {
        VersionId id = view.resolve(request.part("revision"));
        String wanted = Queries.text(request, "q");
        TensorList list = tensors(request, id);
        var main = new Html();
        main.open("div", "class", "wide");
        main.open("p", "class", "crumbs").link(Links.version(id), "← " + id.abbreviated());
        main.close().leaf("h1", "Tensors of " + id.abbreviated());
        main.open("form", "method", "get", "class", "inline");
        main.tag(
                "input",
                "type",
                "search",
                "name",
                "q",
                "value",
                wanted,
                "placeholder",
                "Part of a name",
                "aria-label",
                "Part of a tensor's name");
        main.leaf("button", "Filter", "type", "submit").close();
        rows(main, list);
        Tables.pages(main, Links.tensors(id) + "?q=" + UrlText.encode(wanted), list.from(), TENSORS, list.total());
        main.close();
        return new Page("Tensors of " + id.abbreviated(), Links.MODELS, view.name(), main, List.of()).reply(200);
    }

    /** A table of tensors. */
    static void rows(Html html, TensorList list) {
        Tables.head(html, "Tensors", List.of("tensor", "dtype", "shape", "file", "object"));
        for (TensorList.Row row : list.rows()) {
            html.open("tr").open("td", "class", "code").text(row.name());
            if (!row.remark().isEmpty()) {
                html.leaf("span", row.remark(), "class", "badge");
            }
            html.close()
                    .leaf("td", row.dtype())
                    .leaf("td", Amounts.shape(row.shape()))
                    .leaf("td", row.file(), "class", "code quiet")
                    .leaf("td", row.object().substring(0, 10), "class", "code quiet", "title", row.object())
                    .close();
        }
        Tables.end(html);
    }
}
