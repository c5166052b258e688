package dev.mgit.serve.hub;

import dev.mgit.delta.Hashes;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A file or folder of a version as the Hub describes it.
 *
 * @param oid the id of its Git blob or tree; that of a Git LFS pointer for a large file
 * @param size bytes of a file
 * @param sha256 of a file kept in the parameter store
 */
public record HubEntry(String path, boolean isFolder, String oid, long size, Optional<String> sha256) {
    static HubEntry verbatim(String path, byte[] content) {
        return new HubEntry(path, false, GitIds.blob(content), content.length, Optional.empty());
    }

    static HubEntry large(String path, String sha256, long size) {
        return new HubEntry(path, false, GitIds.blob(GitIds.pointer(sha256, size)), size, Optional.of(sha256));
    }

    static HubEntry folder(String path, String oid) {
        return new HubEntry(path, true, oid, 0, Optional.empty());
    }

    /** Whether the file has these bytes. */
    public boolean holds(byte[] content) {
        return sha256.isPresent()
                ? sha256.get().equals(HexFormat.of().formatHex(Hashes.sha256().digest(content)))
                : oid.equals(GitIds.blob(content));
    }

    /** What clients name the file in their cache by: equal for equal bytes. */
    String etag() {
        return "\"" + sha256.orElse(oid) + "\"";
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", isFolder ? "directory" : "file");
        json.put("oid", oid);
        json.put("size", size);
        json.put("path", path);
        sha256.ifPresent(hash -> json.put("lfs", lfs(hash)));
        return json;
    }

    private Map<String, Object> lfs(String hash) {
        return Map.of("oid", hash, "size", size, "pointerSize", GitIds.pointer(hash, size).length);
    }

    /** As model information lists files. */
    Map<String, Object> sibling(boolean blobs) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rfilename", path);
        if (blobs) {
            json.put("size", size);
            json.put("blobId", oid);
            sha256.ifPresent(hash -> {
                Map<String, Object> lfs = new LinkedHashMap<>(lfs(hash));
                lfs.put("sha256", hash);
                json.put("lfs", lfs);
            });
        }
        return json;
    }
}
