package dev.mgit.serve.hub;

import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.HttpError;
import java.util.Map;

/** What clients of the Hub tell apart by {@code X-Error-Code}. */
public final class HubErrors {
    private static final String CODE = "X-Error-Code";

    private HubErrors() {}

    public static HttpError noModel(String id) {
        return new HttpError(404, "there is no model '" + id + "'", Map.of(CODE, "RepoNotFound"));
    }

    /** Of a model that a client has created and not pushed to yet. */
    static HttpError emptyModel(String id) {
        return new HttpError(404, "model '" + id + "' has no version yet", Map.of(CODE, "EntryNotFound"));
    }

    public static HttpError noRevision(String model, String revision) {
        return new HttpError(
                404, "model '" + model + "' has no revision '" + revision + "'", Map.of(CODE, "RevisionNotFound"));
    }

    /** With the version's id a client may remember that the file is not there. */
    public static HttpError noEntry(VersionId version, String path) {
        return new HttpError(
                404,
                "version " + version.abbreviated() + " has no '" + path + "'",
                Map.of(CODE, "EntryNotFound", "X-Repo-Commit", version.hex()));
    }
}
