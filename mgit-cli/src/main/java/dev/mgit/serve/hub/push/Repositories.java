package dev.mgit.serve.hub.push;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.Token;
import dev.mgit.serve.hub.HubModels;
import dev.mgit.serve.hub.RepoId;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Creates what clients push to. A model is there for others once it has a version. */
final class Repositories {
    private static final int LONGEST = 1 << 16;
    private static final Pattern PART = Pattern.compile("\\w(?:[\\w.-]{0,94}\\w)?");
    private static final Pattern FORBIDDEN = Pattern.compile("--|\\.\\.|\\.git$");

    private final HubModels models;
    private final CreatedModels created;
    private final PushedVersions versions;

    Repositories(HubModels models, CreatedModels created, PushedVersions versions) {
        this.models = models;
        this.created = created;
        this.versions = versions;
    }

    static String by(Request request) {
        return request.token().map(Token::name).orElse("mgit");
    }

    /** {@code POST /api/repos/create} with {@code name} and {@code organization} */
    Reply create(Request request) throws IOException {
        JsonObject asked = Bodies.json(request, LONGEST);
        try {
            if (!asked.optionalString("type").orElse("model").equals("model")) {
                throw Refusals.malformed("there are only models here, no " + asked.string("type") + "s");
            }
            String name = asked.string("name");
            Optional<String> namespace = asked.optionalString("organization").filter(text -> !text.isEmpty());
            String id = namespace.map(text -> text + "/").orElse(RepoId.NO_NAMESPACE) + name;
            String shown = namespace.map(text -> text + "/").orElse("") + name;
            for (String part : List.of(namespace.orElse(name), name)) {
                if (!PART.matcher(part).matches() || FORBIDDEN.matcher(part).find()) {
                    throw Refusals.malformed("'" + shown + "' is no name of a model");
                }
            }
            String model = models.name(id);
            String url = request.origin() + "/" + id;
            if (models.tryModel(model).isPresent() || models.isEmpty(id)) {
                String exists = "there is already a model '" + shown + "'";
                return Reply.json(409, Map.of("error", exists, "url", url)).with(Map.of("X-Error-Message", exists));
            }
            requireFree(model);
            created.add(model);
            return Reply.json(Map.of("url", url, "name", shown, "id", model));
        } catch (JsonException e) {
            throw Refusals.malformed("the request is not the JSON it should be: " + e.getMessage());
        }
    }

    private void requireFree(String model) {
        try {
            GitLineage.requireModelName(model, models.all());
        } catch (MgitException e) {
            throw Refusals.malformed(e.getMessage());
        }
    }

    /** {@code POST /api/models/ID/branch/BRANCH}, with {@code startingPoint} */
    Reply branch(Request request) throws IOException {
        JsonObject asked = Bodies.json(request, LONGEST);
        String id = request.part("id");
        String branch = request.part("branch");
        String model = HubModels.branch(models.name(id), branch);
        if (branch.equals(HubModels.MAIN) || models.tryModel(model).isPresent() || created.contains(model)) {
            throw Refusals.exists("there is already a branch '" + branch + "'");
        }
        if (models.isEmpty(id)) {
            requireFree(model);
            created.add(model);
            return Reply.json(Map.of());
        }
        VersionId start = models.version(
                models.model(id), asked.optionalString("startingPoint").orElse(HubModels.MAIN));
        requireFree(model);
        versions.change("branch " + model, by(request), transaction -> transaction.setModel(model, start));
        return Reply.json(Map.of());
    }

    /** {@code POST /api/models/ID/tag/REVISION} with {@code tag} */
    Reply tag(Request request) throws IOException {
        JsonObject asked = Bodies.json(request, LONGEST);
        try {
            Model model = models.model(request.part("id"));
            String name = asked.string("tag");
            String tag = HubModels.tag(model.name(), name);
            VersionId version = models.version(model, request.part("revision"));
            if (models.tags(model).stream().anyMatch(known -> known.name().equals(name))) {
                throw Refusals.exists("there is already a tag '" + name + "'");
            }
            versions.change("tag " + tag, by(request), transaction -> transaction.setTag(tag, version));
            return Reply.json(Map.of());
        } catch (JsonException e) {
            throw Refusals.malformed("the request is not the JSON it should be: " + e.getMessage());
        }
    }

    /** {@code DELETE /api/models/ID/tag/TAG}: one that a client has set */
    Reply deleteTag(Request request) throws IOException {
        Model model = models.model(request.part("id"));
        String name = request.part("tag");
        if (!models.isOwnTag(model, name)) {
            throw new HttpError(
                    404,
                    "'" + model.name() + "' has no tag '" + name + "' that a client has set",
                    Map.of("X-Error-Code", "RevisionNotFound"));
        }
        String tag = HubModels.tag(model.name(), name);
        versions.change("tag -d " + tag, by(request), transaction -> transaction.deleteTag(tag));
        return Reply.empty(200);
    }

    /** {@code POST /api/validate-yaml}: nothing is asked of a card */
    Reply validate(Request request) throws IOException {
        var unused = Bodies.json(request, LONGEST << 4);
        return Reply.json(Map.of("errors", List.of(), "warnings", List.of()));
    }
}
