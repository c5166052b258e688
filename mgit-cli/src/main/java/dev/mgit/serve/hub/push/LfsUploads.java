package dev.mgit.serve.hub.push;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.UrlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Uploads by Git LFS (git-lfs, {@code docs/api/batch.md} and {@code basic-transfers.md}): one PUT a file. */
final class LfsUploads {
    static final int HEX = 64;

    private static final int LONGEST_BATCH = 1 << 20;
    private static final int MOST_OBJECTS = 1000;
    private static final String LFS = "application/vnd.git-lfs+json";

    private final Uploads uploads;
    private final UploadSignature signature;
    private final StoredFiles stored;

    LfsUploads(Uploads uploads, UploadSignature signature, StoredFiles stored) {
        this.uploads = uploads;
        this.signature = signature;
        this.stored = stored;
    }

    /** {@code POST /ID.git/info/lfs/objects/batch}: what to send where; nothing to do about what is here already */
    Reply batch(Request request) throws IOException {
        JsonObject asked = Bodies.json(request, LONGEST_BATCH);
        String repository = request.part("id");
        try {
            if (!asked.string("operation").equals("upload")) {
                throw Refusals.malformed("files are downloaded from /ID/resolve/REVISION/PATH, not by Git LFS");
            }
            if (!asked.optionalString("hash_algo").orElse("sha256").equals("sha256")) {
                throw Refusals.malformed("'hash_algo' is not sha256");
            }
            List<JsonObject> objects = asked.objects("objects");
            if (objects.size() > MOST_OBJECTS) {
                throw Refusals.tooLarge("a batch has " + MOST_OBJECTS + " objects at most");
            }
            List<Map<String, Object>> answers = new ArrayList<>();
            long room = 0;
            for (JsonObject object : objects) {
                String oid = oid(object);
                long size = size(object);
                boolean here = isStaged(oid, size) || stored.repositoryHas(repository, oid);
                room += here ? 0 : size;
                answers.add(here ? answer(oid, size, Map.of()) : upload(request, repository, oid, size, room));
            }
            return Reply.json(Map.of("transfer", "basic", "objects", answers)).with(Map.of("Content-Type", LFS));
        } catch (JsonException e) {
            throw Refusals.malformed("the request is not the JSON it should be: " + e.getMessage());
        }
    }

    private Map<String, Object> upload(Request request, String repository, String oid, long size, long room)
            throws IOException {
        try {
            uploads.requireRoom(room);
        } catch (HttpError e) {
            String why = String.valueOf(e.getMessage());
            return answer(oid, size, Map.of("error", Map.of("code", e.status(), "message", why)));
        }
        String base = request.origin() + "/" + UrlText.encode(repository).replace("%2F", "/") + ".git/info/lfs";
        String target = base + "/upload/" + oid + "/" + size + "/" + signature.of(oid, size);
        return answer(
                oid,
                size,
                Map.of(
                        "actions",
                        Map.of("upload", Map.of("href", target), "verify", Map.of("href", base + "/verify"))));
    }

    private static Map<String, Object> answer(String oid, long size, Map<String, Object> more) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("oid", oid);
        answer.put("size", size);
        answer.putAll(more);
        return answer;
    }

    /** {@code PUT /ID.git/info/lfs/upload/OID/SIZE/SIGNATURE}: the bytes */
    Reply receive(Request request) throws IOException {
        String oid = request.part("oid");
        String digits = request.part("size");
        boolean named = Hashes.isHex(oid, HEX) && digits.matches("\\d{1,18}");
        long size = named ? Long.parseLong(digits) : 0;
        if (!named || !signature.isGood(request.part("signature"), oid, size)) {
            throw new HttpError(403, "this upload is not, or no longer, allowed; ask for a new one");
        }
        if (request.length().isPresent() && request.length().getAsLong() != size) {
            throw Refusals.malformed("the upload has " + request.length().getAsLong() + " bytes instead of " + size);
        }
        uploads.requireRoom(size);
        try (var file = new StagedFile(uploads, uploads.objects().resolve(oid), size)) {
            file.fill(request.body());
            if (file.size() != size) {
                throw Refusals.malformed("the upload has " + file.size() + " bytes instead of " + size);
            }
            if (!file.sha256().equals(oid)) {
                throw Refusals.malformed("the upload's SHA-256 is not " + oid);
            }
            file.publish();
        } catch (IOException e) {
            throw Refusals.of(e);
        }
        return Reply.empty(200);
    }

    /** {@code POST /ID.git/info/lfs/verify} */
    Reply verify(Request request) throws IOException {
        try {
            JsonObject object = Bodies.json(request, LONGEST_BATCH);
            if (!isStaged(oid(object), size(object)) && !stored.repositoryHas(request.part("id"), oid(object))) {
                throw new HttpError(404, "there is no upload " + oid(object) + " of that size");
            }
            return Reply.json(Map.of());
        } catch (JsonException e) {
            throw Refusals.malformed("the request is not the JSON it should be: " + e.getMessage());
        }
    }

    private boolean isStaged(String oid, long size) throws IOException {
        Path file = uploads.objects().resolve(oid);
        return Files.exists(file) && Files.size(file) == size;
    }

    static String oid(JsonObject object) {
        String oid = object.string("oid");
        if (!Hashes.isHex(oid, HEX)) {
            throw new JsonException("'oid' is no SHA-256");
        }
        return oid;
    }

    private static long size(JsonObject object) {
        long size = object.number("size");
        if (size < 0) {
            throw new JsonException("'size' is negative");
        }
        return size;
    }
}
