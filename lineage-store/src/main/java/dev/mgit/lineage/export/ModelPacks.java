package dev.mgit.lineage.export;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ModelPack manifest of a version, from Git alone: manifests know the hashes of the files they stand for. It names
 * its parents by the digests of <em>their</em> manifests, which name theirs, so that a digest stands for all of a
 * lineage as a Git commit does.
 */
final class ModelPacks {
    /** All parents, as JSON: digest where it is known, version, model and kind of edge. */
    static final String PARENTS = "dev.mgit.parents+json";

    static final String VERSION = "dev.mgit.version";

    /** The first parent's digest, under the OCI image specification's key for what an image was built from. */
    static final String BASE_DIGEST = "org.opencontainers.image.base.digest";

    /** Versions with more ancestors name their parents by id alone: a digest needs those of all before it. */
    static final int MOST_ANCESTORS = 1000;

    private final Lineage lineage;
    private final int mostAncestors;
    private final Map<VersionId, String> digests = new HashMap<>();

    ModelPacks(Lineage lineage, int mostAncestors) {
        this.lineage = lineage;
        this.mostAncestors = mostAncestors;
    }

    /** A parent: what it is called, and how the version was made from it. */
    private record Parent(VersionId version, String model, String kind) {}

    /**
     * The manifest of a version.
     *
     * @throws MgitException of kind INTEGRITY if it is damaged; a damaged ancestor is only not named by digest
     */
    ModelPack of(VersionId id) {
        try {
            ancestors(id)
                    .forEach(ancestor -> digests.put(ancestor, pack(ancestor).digest()));
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
        }
        return pack(id);
    }

    /** Parents before their children; none where there are too many. */
    private List<VersionId> ancestors(VersionId id) {
        List<VersionId> found = new ArrayList<>();
        Iterator<Version> walk = lineage.walk(List.of(id));
        while (walk.hasNext()) {
            VersionId next = walk.next().id();
            if (!next.equals(id)) {
                found.add(next);
            }
            if (found.size() > mostAncestors) {
                return List.of();
            }
        }
        Collections.reverse(found);
        return found;
    }

    private ModelPack pack(VersionId id) {
        Version version = lineage.version(id);
        var contents = new PackContents(lineage, id);
        String time = version.when().toString();
        var about = new LinkedHashMap<String, Object>();
        about.put("createdAt", time);
        if (!version.model().isEmpty()) {
            about.put("name", version.model());
        }
        about.put("version", id.abbreviated());
        about.put("revision", id.hex());
        contents.family().ifPresent(family -> about.put("family", family));
        new DeclaredFacts(lineage)
                .licence(version)
                .filter(found ->
                        found.where().equals(HubExport.README) || found.where().startsWith("trailer"))
                .ifPresent(found -> about.put("licenses", List.of(found.name())));
        var annotations = new LinkedHashMap<String, String>();
        annotations.put("org.opencontainers.image.created", time);
        annotations.put("org.opencontainers.image.revision", id.hex());
        annotations.put(VERSION, id.hex());
        List<Parent> parents = parents(version);
        parents.stream()
                .limit(1)
                .flatMap(parent -> Optional.ofNullable(digests.get(parent.version())).stream())
                .forEach(digest -> annotations.put(BASE_DIGEST, digest));
        annotations.put(PARENTS, Json.text(parents.stream().map(this::json).toList()));
        return ModelPack.of(about, contents.technical(), contents.layers(), time, annotations);
    }

    private static List<Parent> parents(Version version) {
        List<Parent> parents = new ArrayList<>();
        for (ProvenanceEdge edge : version.origins()) {
            parents.add(new Parent(edge.parent(), edge.model(), edge.kind().word()));
        }
        version.previous().ifPresent(id -> parents.add(new Parent(id, version.model(), "version")));
        return parents;
    }

    private Map<String, Object> json(Parent parent) {
        var json = new LinkedHashMap<String, Object>();
        Optional.ofNullable(digests.get(parent.version())).ifPresent(digest -> json.put("digest", digest));
        json.put("version", parent.version().hex());
        json.put("model", parent.model());
        json.put("kind", parent.kind());
        return json;
    }
}
