package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What runs of recipes left, by what they read: recipe, code, packages, data, and the parents' files. An update takes
 * from here what an earlier one made and did not publish, because it was aborted, killed or overtaken. Entries point at
 * stored versions; those that are gone count as not there. Upkeep removes entries by age, and only so many are kept.
 */
final class RunCache {
    private static final String FILE = "outputs.json";
    private static final int MOST = 500;

    private final Workspace workspace;

    RunCache(Workspace workspace) {
        this.workspace = workspace;
    }

    /** @param scratch as {@link Workspace#scratch()} */
    static Path folder(Path scratch) {
        return scratch.resolve("outputs");
    }

    /**
     * Names a run: equal where everything it reads is.
     *
     * @param captured the recipe with its digests as they are now
     * @param parents the versions to make it from
     */
    String key(Recipe captured, List<String> models, List<Recipe.Parent> parents) {
        Map<String, Object> all = new LinkedHashMap<>(captured.terms());
        all.put("models", models);
        all.put("data", captured.inputs().stream().map(Recipe.Input::sha256).toList());
        all.put("code", captured.circumstances().sources());
        all.put("runtime", captured.circumstances().runtime().orElse(""));
        all.put("packages", captured.circumstances().packages());
        all.put(
                "parents",
                parents.stream()
                        .map(parent -> parent.model() + " " + parent.kind().word() + " " + contents(parent.version()))
                        .toList());
        return FolderTools.digest(Json.bytes(JsonMembers.of(
                "run",
                JsonMembers.of(all.entrySet().stream()
                        .flatMap(entry -> java.util.stream.Stream.of(entry.getKey(), entry.getValue()))
                        .toArray()))));
    }

    /** Digest of a version's files: equal for versions that differ in their history only. */
    private String contents(VersionId version) {
        synchronized (workspace) {
            Checkpoint checkpoint = workspace.lineage().checkpoint(version);
            if (checkpoint.lossy().isPresent()) {
                return version.hex();
            }
            var text = new StringBuilder();
            for (FileEntry file : checkpoint.files()) {
                String digest = file.stored() == FileEntry.Storage.PARAMETERS
                        ? workspace.lineage().manifest(version, file.path()).sha256()
                        : FolderTools.digest(workspace.lineage().verbatim(version, file.path()));
                text.append(digest).append("  ").append(file.path()).append('\n');
            }
            checkpoint.folders().forEach(folder -> text.append(folder).append("/\n"));
            return FolderTools.digest(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The versions that hold what such a run made of some models; empty unless all are there. */
    Optional<Map<String, VersionId>> find(String key, Iterable<String> models) {
        Path file = folder(workspace.scratch()).resolve(key).resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            Map<String, VersionId> kept = JsonMembers.read(
                    Files.readAllBytes(file), "a kept output", json -> CascadeState.ids(json, "versions"));
            Map<String, VersionId> found = new LinkedHashMap<>();
            for (String model : models) {
                VersionId version = kept.get(model);
                if (version == null) {
                    return Optional.empty();
                }
                synchronized (workspace) {
                    var unused = workspace.lineage().checkpoint(version);
                }
                found.put(model, version);
            }
            return Optional.of(found);
        } catch (MgitException | IOException | UncheckedIOException e) {
            return Optional.empty(); // damaged, or collected: it is made again
        }
    }

    /** Keeps what a run made. */
    void keep(String key, Map<String, VersionId> versions) {
        Path folder = folder(workspace.scratch());
        FolderTools.replace(
                folder.resolve(key).resolve(FILE),
                Json.pretty(JsonMembers.of("schema", 1, "versions", CascadeState.hex(versions))));
        List<Path> all = new ArrayList<>(FolderTools.folders(folder));
        if (all.size() > MOST) {
            all.sort(Comparator.comparing(RunCache::age));
            all.subList(0, all.size() - MOST).forEach(FolderTools::delete);
        }
    }

    private static FileTime age(Path entry) {
        try {
            return Files.getLastModifiedTime(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
