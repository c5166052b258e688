package dev.mgit.lineage.detect;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds where checkpoints come from among the versions of a repository. */
public final class Detector {
    /** Sketches held before they are written: bounds memory and what a killed update has to repeat. */
    private static final int BATCH = 32;

    private final Repository repository;
    private final SketchIndex index;

    public Detector(Repository repository) {
        this.repository = repository;
        this.index = new SketchIndex(repository.derived(repository.files().sketches()));
    }

    /** The sketch of a file or folder, with what its README and configuration claim. */
    public static ModelSketch sketch(Path path) throws IOException {
        try (CheckpointTensors weights = CheckpointTensors.firstOf(path, Sketcher.MAX_TENSORS)) {
            return Sketcher.of(weights, MetadataClaimsReader.of(path));
        }
    }

    /**
     * Adds a fresh version to the index, if that can be done at once. The version is safe whatever happens here, so
     * failures are silent, another writer among them: a sketch is derived data, and the next search takes it from the
     * store.
     */
    public void keep(VersionId version, ModelSketch sketch) {
        try (WriterLock lock = repository.lock("keep a sketch", Duration.ZERO, notice -> {})) {
            lock.requireHeld();
            index.add(Map.of(version, sketch));
        } catch (IOException | MgitException e) {
            // the next search reads the version
        }
    }

    /**
     * Sketches versions that are not in the index, and forgets those that are gone. Reads their weights from the store.
     *
     * @return versions whose weights could not be read, each with the reason
     */
    public Map<VersionId, String> update(WriterLock lock, CopyProgress progress) throws IOException {
        lock.requireHeld();
        Set<VersionId> alive = alive();
        Set<VersionId> known = index.versions();
        long dead = known.stream().filter(id -> !alive.contains(id)).count();
        if (dead > 16 + alive.size() / 4) {
            index.retain(alive);
        }
        List<VersionId> missing =
                alive.stream().filter(id -> !known.contains(id)).toList();
        Map<VersionId, String> unreadable = new LinkedHashMap<>();
        if (!missing.isEmpty()) {
            progress.start("sketching versions", missing.size());
            try {
                sketch(missing, unreadable, progress);
            } finally {
                progress.done();
            }
        }
        return unreadable;
    }

    private void sketch(List<VersionId> missing, Map<VersionId, String> unreadable, CopyProgress progress)
            throws IOException {
        Map<VersionId, ModelSketch> batch = new LinkedHashMap<>();
        for (VersionId id : missing) {
            try {
                batch.put(id, stored(id));
            } catch (MgitException e) {
                unreadable.put(id, e.getMessage());
            }
            progress.advance(1);
            if (batch.size() == BATCH) {
                index.add(batch);
                batch.clear();
            }
        }
        index.add(batch);
    }

    /** Versions that a model or tag leads to. */
    private Set<VersionId> alive() {
        Lineage lineage = repository.lineage();
        List<VersionId> heads = Stream.concat(
                        lineage.models().stream().map(Model::head),
                        lineage.tags().stream().map(Tag::version))
                .toList();
        Set<VersionId> alive = new LinkedHashSet<>();
        lineage.walk(heads).forEachRemaining(version -> alive.add(version.id()));
        return alive;
    }

    /** The origin of one checkpoint that is newer than all versions; empty if none of them is its parent. */
    public Optional<Detected> originOf(String name, ModelSketch sketch) {
        return originsOf(List.of(new Subject(name, Optional.empty(), sketch, false)))
                .get(0);
    }

    /**
     * What the weights of a checkpoint say against the origins somebody declares for it, as the end of a sentence; empty
     * if they agree or nothing can be said.
     */
    public Optional<String> contradiction(String model, ModelSketch sketch, List<CommitRequest.Origin> declared) {
        return new DeclaredParents(repository.lineage(), index).contradiction(model, sketch, declared);
    }

    /**
     * Whether a checkpoint has no weights in common with a version; false if nothing can be said.
     *
     * @throws MgitException of kind INTEGRITY if the version's weights have to be read, and cannot be
     */
    public boolean isStrange(ModelSketch sketch, VersionId version) throws IOException {
        Optional<ModelSketch> known = index.sketch(version);
        return sketch.isStrange(known.isPresent() ? known.get() : stored(version));
    }

    private ModelSketch stored(VersionId version) throws IOException {
        try (CheckpointTensors weights = CheckpointTensors.firstOf(repository, version, Sketcher.MAX_TENSORS)) {
            return Sketcher.of(weights, MetadataClaimsReader.of(repository.lineage(), version));
        }
    }

    /** The origin of each of some checkpoints, among each other and all versions. */
    public List<Optional<Detected>> originsOf(List<Subject> fresh) {
        return OriginSearch.of(fresh, new Versions(alive()));
    }

    private final class Versions implements OriginSearch.Library {
        private final Set<VersionId> alive;

        Versions(Set<VersionId> alive) {
            this.alive = alive;
        }

        @Override
        public List<VersionId> near(ModelSketch sketch, int limit) {
            List<VersionId> near = new ArrayList<>(
                    index.search(sketch, limit).stream().filter(alive::contains).toList());
            for (Model model : repository.lineage().models()) {
                if (sketch.claims().nameAsBase(model.name(), "") && !near.contains(model.head())) {
                    near.add(model.head());
                }
            }
            return near;
        }

        @Override
        public Optional<ModelSketch> sketch(VersionId version) {
            return index.sketch(version);
        }

        @Override
        public String name(VersionId version) {
            return repository.lineage().version(version).model();
        }

        @Override
        public List<VersionId> parents(VersionId version) {
            Version known = repository.lineage().version(version);
            return Stream.concat(
                            known.previous().stream(), known.origins().stream().map(ProvenanceEdge::parent))
                    .toList();
        }
    }
}
