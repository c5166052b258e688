package dev.mgit.serve.hub.push;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Reads a commit: lines of JSON, the first with a message, each other one with something to do. */
final class CommitBody {
    private static final int LONGEST_MESSAGE = 1 << 16;

    private final InputStream in;
    private final PushLimits limits;

    private CommitBody(InputStream in, PushLimits limits) {
        this.in = new BufferedInputStream(in);
        this.limits = limits;
    }

    /**
     * What the first line says.
     *
     * @param parent the version that the client has seen, if it says so
     */
    record Header(String summary, String description, Optional<String> parent) {}

    /** Does what the other lines say, in order. */
    interface Operations {
        /** A small file. */
        void file(String path, byte[] content) throws IOException;

        /** A file that was uploaded before, or is in a version already. */
        void large(String path, String sha256, Optional<Long> size) throws IOException;

        void deleteFile(String path) throws IOException;

        void deleteFolder(String path) throws IOException;
    }

    /** @throws dev.mgit.serve.http.HttpError if the body is malformed or too long */
    static Header read(InputStream in, PushLimits limits, Operations operations) throws IOException {
        var body = new CommitBody(in, limits);
        int number = 1;
        try {
            Header header = header(body.line().orElseThrow(() -> new JsonException("there is nothing")));
            for (Optional<JsonObject> line = body.line(); line.isPresent(); line = body.line()) {
                number++;
                if (number > limits.operations()) {
                    throw Refusals.tooLarge("a commit changes " + limits.operations() + " files at most");
                }
                operation(line.get().string("key"), line.get().object("value"), operations);
            }
            return header;
        } catch (JsonException e) {
            throw Refusals.malformed("line " + number + " of the commit is not what it should be: " + e.getMessage());
        }
    }

    /** The next line; empty at the end. */
    private Optional<JsonObject> line() throws IOException {
        var line = new ByteArrayOutputStream();
        int b = in.read();
        while (b >= 0 && (b != '\n' || line.size() == 0)) {
            if (b != '\n' && b != '\r') {
                line.write(b);
            }
            if (line.size() > limits.line()) {
                throw Refusals.tooLarge("a line of the commit has more than " + limits.line()
                        + " bytes; upload large files before the commit");
            }
            b = in.read();
        }
        return line.size() == 0 ? Optional.empty() : Optional.of(Json.parseObject(line.toByteArray()));
    }

    private static Header header(JsonObject line) {
        if (!line.string("key").equals("header")) {
            throw new JsonException("the first line is no header");
        }
        JsonObject value = line.object("value");
        String summary = text(value.string("summary")).replace('\n', ' ').strip();
        String description =
                text(value.optionalString("description").orElse("")).strip();
        if (summary.isEmpty() || summary.length() + description.length() > LONGEST_MESSAGE) {
            throw new JsonException("a message has from 1 to " + LONGEST_MESSAGE + " characters");
        }
        return new Header(
                summary, description, value.optionalString("parentCommit").filter(id -> !id.isEmpty()));
    }

    /** Without what no message has. */
    private static String text(String sent) {
        return sent.replace("\r\n", "\n").replaceAll("[\\p{Cc}\\p{Cs}&&[^\\n\\t]]", " ");
    }

    private static void operation(String key, JsonObject value, Operations operations) throws IOException {
        String path = value.string("path");
        switch (key) {
            case "file" -> operations.file(path, content(value));
            case "lfsFile" -> {
                if (!value.optionalString("algo").orElse("sha256").equals("sha256")) {
                    throw new JsonException("'algo' is not sha256");
                }
                operations.large(path, LfsUploads.oid(value), value.optionalNumber("size"));
            }
            case "deletedFile" -> operations.deleteFile(path);
            case "deletedFolder" -> operations.deleteFolder(path);
            default -> throw new JsonException("'" + key + "' is nothing that can be done");
        }
    }

    private static byte[] content(JsonObject value) {
        String encoding = value.optionalString("encoding").orElse("utf-8");
        try {
            return switch (encoding) {
                case "base64" -> Base64.getDecoder().decode(value.string("content"));
                case "utf-8" -> value.string("content").getBytes(StandardCharsets.UTF_8);
                default -> throw new JsonException("'" + encoding + "' is no encoding");
            };
        } catch (IllegalArgumentException e) {
            throw new JsonException("'content' is not base64");
        }
    }
}
