package dev.mgit.serve.hub.push;

import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.hub.HubEntry;
import dev.mgit.serve.hub.HubModels;
import java.util.Optional;

/** Large files that versions of a model have, by their hashes: whoever pushes such a file again need not send it. */
final class StoredFiles {
    /** Older versions are not looked through. */
    private static final int VERSIONS = 200;

    private final HubModels models;

    StoredFiles(HubModels models) {
        this.models = models;
    }

    /** A file of a version. */
    record Place(VersionId version, String path) {}

    /** Whether the newest version of a model has such a file. */
    boolean has(String model, String sha256) {
        return models.tryModel(model)
                .map(Model::head)
                .flatMap(head -> in(head, sha256))
                .isPresent();
    }

    /** The same for the main branch of a repository. */
    boolean repositoryHas(String id, String sha256) {
        return has(models.name(id), sha256);
    }

    /** A file with a hash, in a version or one of those before it. */
    Optional<Place> find(VersionId from, String sha256) {
        return models.history(from, 0, VERSIONS).stream()
                .map(Version::id)
                .flatMap(version -> in(version, sha256).stream())
                .findFirst();
    }

    private Optional<Place> in(VersionId version, String sha256) {
        return models.tree(version).files().stream()
                .filter(file -> file.sha256().equals(Optional.of(sha256)))
                .map(HubEntry::path)
                .findFirst()
                .map(path -> new Place(version, path));
    }
}
