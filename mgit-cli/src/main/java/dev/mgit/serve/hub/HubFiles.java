package dev.mgit.serve.hub;

import dev.mgit.lineage.parameters.FileStream;
import dev.mgit.lineage.parameters.LiveParameters;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.files.FileCache;
import dev.mgit.serve.http.Body;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.UrlText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The bytes of files, whole or in part. Never compressed: a client that goes on with a cut download asks for a range. */
final class HubFiles {
    private final HubModels models;
    private final LiveParameters parameters;
    private final Optional<FileCache> cache;

    HubFiles(HubModels models, LiveParameters parameters, Optional<FileCache> cache) {
        this.models = models;
        this.parameters = parameters;
        this.cache = cache;
    }

    /** {@code GET /ID/resolve/REVISION/PATH} */
    Reply resolve(Request request) {
        Model model = models.model(request.part("id"));
        VersionId version = models.version(model, request.part("revision"));
        String path = request.part("path");
        HubEntry file = models.tree(version).file(path).orElseThrow(() -> HubErrors.noEntry(version, path));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Repo-Commit", version.hex());
        headers.put("ETag", file.etag());
        headers.put("Accept-Ranges", "bytes");
        if (request.header("If-None-Match").filter(file.etag()::equals).isPresent()) {
            return Reply.empty(304).with(headers);
        }
        // Whatever a file holds, no browser is to take it for a page of this server.
        headers.put("Content-Type", "application/octet-stream");
        headers.put("Content-Security-Policy", "default-src 'none'; sandbox");
        if (request.query("download").filter("true"::equals).isPresent()) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            headers.put("Content-Disposition", "attachment; filename*=UTF-8''" + UrlText.encode(name));
        }
        Optional<ByteRange> range = request.header("If-Range")
                        .filter(tag -> !tag.equals(file.etag()))
                        .isPresent()
                ? Optional.empty()
                : request.header("Range").flatMap(header -> ByteRange.parse(header, file.size()));
        if (range.isEmpty()) {
            return new Reply(200, headers, bytes(version, file, new ByteRange(0, file.size())));
        }
        if (range.get().length() == 0) {
            headers.put("Content-Range", "bytes */" + file.size());
            return new Reply(416, headers, Body.of(new byte[0]));
        }
        headers.put("Content-Range", range.get().contentRange(file.size()));
        return new Reply(206, headers, bytes(version, file, range.get()));
    }

    /** A part of a file, read when it is sent. */
    private Body bytes(VersionId version, HubEntry file, ByteRange range) {
        return new Body() {
            @Override
            public long length() {
                return range.length();
            }

            @Override
            public Pieces open() throws IOException {
                if (file.sha256().isEmpty()) {
                    byte[] content = models.verbatim(version, file.path());
                    return Body.of(content, (int) range.from(), (int) range.length())
                            .open();
                }
                FileCache.Decoding decoding =
                        (from, length) -> stream(version, file.path(), new ByteRange(from, length));
                if (cache.isEmpty()) {
                    return FileCache.pieces(decoding.open(range.from(), range.length()));
                }
                var stored = new FileCache.Stored(file.sha256().get(), file.size());
                return cache.get().read(stored, range.from(), range.length(), decoding);
            }
        };
    }

    private FileStream stream(VersionId version, String path, ByteRange range) throws IOException {
        Manifest manifest = models.manifest(version, path);
        String where = version.abbreviated() + ", file '" + path + "'";
        return parameters.open(manifest, where, range.from(), range.length());
    }

    /** The first bytes of a file, as many as there are. */
    byte[] start(VersionId version, HubEntry file, int length) throws IOException {
        if (file.sha256().isEmpty()) {
            byte[] content = models.verbatim(version, file.path());
            return Arrays.copyOf(content, Math.min(length, content.length));
        }
        ByteBuffer start = ByteBuffer.allocate((int) Math.min(length, file.size()));
        try (FileStream stream = stream(version, file.path(), new ByteRange(0, start.capacity()))) {
            for (ByteBuffer piece = stream.next(); piece != null; piece = stream.next()) {
                start.put(piece);
            }
        }
        return start.array();
    }
}
