package dev.mgit.serve.hub.push;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.git.GitIgnore;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.hub.HubEntry;
import dev.mgit.serve.hub.HubModels;
import dev.mgit.serve.hub.HubTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Says of each file how it is to be sent. A small text comes in the commit itself, anything else is uploaded before, but
 * a file that is in the version already is told as it is there, so that the client can see whether it is the same.
 */
final class Preupload {
    private static final int LONGEST = 16 << 20;
    private static final int MOST_FILES = 1000;
    private static final int SMALL = 1 << 20;
    private static final String RULES = ".gitignore";

    private final HubModels models;
    private final Branches branches;
    private final Uploads uploads;

    Preupload(HubModels models, Branches branches, Uploads uploads) {
        this.models = models;
        this.branches = branches;
        this.uploads = uploads;
    }

    /** {@code POST /api/models/ID/preupload/REVISION} */
    Reply ask(Request request) throws IOException {
        Branches.Branch branch = branches.find(request.part("id"), request.part("revision"));
        HubTree before = branch.head().map(models::tree).orElseGet(() -> new HubTree(List.of()));
        JsonObject asked = Bodies.json(request, LONGEST);
        try {
            List<JsonObject> files = asked.objects("files");
            if (files.size() > MOST_FILES) {
                throw Refusals.tooLarge("a request asks for " + MOST_FILES + " files at most");
            }
            GitIgnore rules = rules(asked, branch, before);
            List<Map<String, Object>> answers = new ArrayList<>();
            long large = 0;
            for (JsonObject file : files) {
                Map<String, Object> answer = answer(file, before, rules);
                large += "lfs".equals(answer.get("uploadMode")) ? file.number("size") : 0;
                answers.add(answer);
            }
            uploads.requireRoom(large);
            return Reply.json(Map.of("files", answers));
        } catch (JsonException e) {
            throw Refusals.malformed("the request is not the JSON it should be: " + e.getMessage());
        }
    }

    /** Those that come with the push, else those of the version before. */
    private GitIgnore rules(JsonObject asked, Branches.Branch branch, HubTree before) throws IOException {
        Optional<byte[]> kept = before.file(RULES)
                .filter(file -> file.sha256().isEmpty())
                .flatMap(file -> branch.head().map(head -> models.verbatim(head, RULES)));
        byte[] text = asked.optionalString("gitIgnore")
                .map(sent -> sent.getBytes(StandardCharsets.UTF_8))
                .or(() -> kept)
                .orElse(new byte[0]);
        return GitIgnore.parse(new ByteArrayInputStream(text));
    }

    private static Map<String, Object> answer(JsonObject file, HubTree before, GitIgnore rules) {
        String path = file.string("path");
        long size = file.number("size");
        if (size < 0) {
            throw new JsonException("'size' is negative");
        }
        Optional<HubEntry> known = before.file(path);
        boolean large = known.map(entry -> entry.sha256().isPresent()).orElseGet(() -> isBinary(file)) || size > SMALL;
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("path", path);
        answer.put("uploadMode", large && size > 0 ? "lfs" : "regular");
        answer.put("shouldIgnore", isIgnored(rules, path));
        known.filter(entry -> entry.sha256().isPresent() == (large && size > 0))
                .ifPresent(entry -> answer.put("oid", entry.sha256().orElse(entry.oid())));
        return answer;
    }

    private static boolean isBinary(JsonObject file) {
        try {
            byte[] sample =
                    Base64.getDecoder().decode(file.optionalString("sample").orElse(""));
            for (byte b : sample) {
                if (b == 0) {
                    return true;
                }
            }
            return false;
        } catch (IllegalArgumentException e) {
            throw new JsonException("'sample' is not base64");
        }
    }

    /** A path is left out with the folder it is in. */
    private static boolean isIgnored(GitIgnore rules, String path) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            if (rules.decide(path.substring(0, slash), true).orElse(false)) {
                return true;
            }
        }
        return rules.decide(path, false).orElse(false);
    }
}
