package dev.mgit.serve.hub;

import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ModelCard;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What there is: models, and what the Hub tells about one. */
final class ModelInformation {
    private static final String CARD = "README.md";

    private final HubModels models;

    ModelInformation(HubModels models) {
        this.models = models;
    }

    /** {@code GET /api/models}, with {@code search}, {@code author} and {@code limit} */
    Reply list(Request request) {
        String search = request.query("search").orElse("").toLowerCase(Locale.ROOT);
        Optional<String> author = request.query("author");
        return Reply.json(models.all().stream()
                .filter(model -> model.name().toLowerCase(Locale.ROOT).contains(search))
                .filter(model ->
                        author.isEmpty() || namespace(RepoId.of(model.name())).equals(author.get()))
                .limit(Numbers.query(request, "limit", Integer.MAX_VALUE))
                .map(model -> head(model, model.head()))
                .toList());
    }

    /** {@code GET /api/models/ID} and {@code GET /api/models/ID/revision/REVISION} */
    Reply show(Request request) {
        if (models.isEmpty(request.part("id"))) {
            return Reply.json(empty(request.part("id")));
        }
        Model model = models.model(request.part("id"));
        String revision = request.part("revision");
        VersionId id = models.version(model, revision.isEmpty() ? HubModels.MAIN : revision);
        Version version = models.version(id);
        HubTree tree = models.tree(id);
        boolean blobs = request.query("blobs").map(Boolean::parseBoolean).orElse(false);
        Map<String, Object> json = new LinkedHashMap<>(head(model, id));
        json.put("lastModified", Numbers.date(version.when()));
        json.put("disabled", false);
        json.put("gated", false);
        json.put("downloads", 0);
        json.put("likes", 0);
        card(id, tree, json);
        json.put("usedStorage", tree.files().stream().mapToLong(HubEntry::size).sum());
        json.put(
                "siblings",
                tree.files().stream().map(file -> file.sibling(blobs)).toList());
        return Reply.json(json);
    }

    /** A model without versions; its id stands for the version that is not there, as in Git. */
    private static Map<String, Object> empty(String repo) {
        Map<String, Object> json = new LinkedHashMap<>(head(repo, "0".repeat(40)));
        json.put("siblings", List.of());
        return json;
    }

    private static Map<String, Object> head(Model model, VersionId id) {
        return head(RepoId.of(model.name()), id.hex());
    }

    private static Map<String, Object> head(String repo, String sha) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", repo);
        json.put("modelId", repo);
        if (!namespace(repo).isEmpty()) {
            json.put("author", namespace(repo));
        }
        json.put("sha", sha);
        json.put("private", false);
        json.put("tags", List.of());
        return json;
    }

    private static String namespace(String repo) {
        return repo.substring(0, Math.max(0, repo.indexOf('/')));
    }

    /** What the card says, as far as clients act on it: transformers, for one, looks for base models among the tags. */
    private void card(VersionId id, HubTree tree, Map<String, Object> json) {
        boolean has = tree.file(CARD).filter(file -> file.sha256().isEmpty()).isPresent();
        ModelCard card = ModelCard.of(has ? models.verbatim(id, CARD) : new byte[0]);
        List<String> tags = new ArrayList<>(card.values("library_name"));
        tags.addAll(card.values("tags"));
        card.values("license").forEach(license -> tags.add("license:" + license));
        card.values("base_model").forEach(base -> tags.add("base_model:" + base));
        json.put("tags", tags);
        for (String field : List.of("library_name", "pipeline_tag")) {
            card.values(field).stream().findFirst().ifPresent(value -> json.put(field, value));
        }
    }
}
