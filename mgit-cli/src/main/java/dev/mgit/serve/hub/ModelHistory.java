package dev.mgit.serve.hub;

import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The references and versions of a model. */
final class ModelHistory {
    private static final int PAGE = 50;
    private static final int MOST = 1000;

    private final HubModels models;

    ModelHistory(HubModels models) {
        this.models = models;
    }

    /** {@code GET /api/models/ID/refs}: the model's branches, and the tags on its versions */
    Reply references(Request request) {
        if (models.isEmpty(request.part("id"))) {
            return Reply.json(Map.of("branches", List.of(), "converts", List.of(), "tags", List.of()));
        }
        Model model = models.model(request.part("id"));
        return Reply.json(Map.of(
                "branches",
                models.branches(model).stream()
                        .map(branch -> reference("heads", branch.name(), branch.head()))
                        .toList(),
                "converts",
                List.of(),
                "tags",
                models.tags(model).stream()
                        .map(tag -> reference("tags", tag.name(), tag.version()))
                        .toList()));
    }

    private static Map<String, Object> reference(String kind, String name, VersionId version) {
        return Map.of("name", name, "ref", "refs/" + kind + "/" + name, "targetCommit", version.hex());
    }

    /** {@code GET /api/models/ID/commits/REVISION}, with {@code p} and {@code limit}: newest first */
    Reply commits(Request request) {
        VersionId from = models.version(models.model(request.part("id")), request.part("revision"));
        int page = Numbers.query(request, "p", 0);
        int most = Math.max(1, Math.min(MOST, Numbers.query(request, "limit", PAGE)));
        int skip = (int) Math.min(Integer.MAX_VALUE, (long) page * most);
        List<Version> found = models.history(from, skip, most + 1);
        return Reply.json(found.stream().limit(most).map(ModelHistory::commit).toList())
                .with(found.size() > most ? Numbers.next(request, "p", String.valueOf(page + 1)) : Map.of());
    }

    private static Map<String, Object> commit(Version version) {
        String message = version.message();
        int end = message.indexOf('\n');
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", version.id().hex());
        json.put("title", version.subject());
        json.put("message", end < 0 ? "" : message.substring(end).strip());
        json.put("authors", List.of(Map.of("user", version.author().name())));
        json.put("date", Numbers.date(version.when()));
        return json;
    }
}
