package dev.mgit.hooks.sharing;

import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Holds versions against what is promised of them, by the ids of their tensors' data. */
final class Sharing {
    private final Lineage lineage;
    /** Versions made together: a model among them is meant by its name. */
    private final Map<String, VersionId> together = new LinkedHashMap<>();

    private final Map<VersionId, Map<String, Manifest.Tensor>> tensors = new LinkedHashMap<>();

    Sharing(Lineage lineage, Collection<VersionId> madeTogether) {
        this.lineage = lineage;
        madeTogether.forEach(id -> together.put(lineage.version(id).model(), id));
    }

    Standing standing(Version version, Promise promise) {
        List<VersionId> candidates = against(version, promise);
        if (candidates.isEmpty()) {
            String nothing = promise.model()
                    .map(model -> "there is no " + model
                            + promise.version()
                                    .map(id -> "@" + id.abbreviated())
                                    .orElse(""))
                    .orElse("what it was made from is not here");
            return new Standing(promise, Optional.empty(), "", List.of(), nothing);
        }
        for (VersionId candidate : candidates) {
            List<Manifest.Tensor> meant = tensors(candidate).values().stream()
                    .filter(tensor -> promise.tensors().test(tensor.name()))
                    .toList();
            if (!meant.isEmpty()) {
                return new Standing(
                        promise, Optional.of(candidate), name(candidate), broken(version.id(), promise, meant), "");
            }
        }
        VersionId first = candidates.get(0);
        return new Standing(
                promise,
                Optional.of(first),
                name(first),
                List.of(),
                name(first) + " has no tensor " + promise.tensors());
    }

    private List<String> broken(VersionId version, Promise promise, List<Manifest.Tensor> meant) {
        Map<String, Manifest.Tensor> own = tensors(version);
        List<String> broken = new ArrayList<>();
        for (Manifest.Tensor theirs : meant) {
            Manifest.Tensor ours = own.get(theirs.name());
            boolean same = ours != null && isKept(promise.kind(), ours, theirs);
            if (!same) {
                broken.add(theirs.name());
            }
        }
        return broken;
    }

    private static boolean isKept(Promise.Kind kind, Manifest.Tensor ours, Manifest.Tensor theirs) {
        boolean shape = ours.spec().shape().equals(theirs.spec().shape());
        boolean bits =
                ours.spec().dtype() == theirs.spec().dtype() && ours.object().equals(theirs.object());
        return shape && (bits || kind == Promise.Kind.INIT_FROM);
    }

    /** The versions a promise may be about, the likeliest first. */
    private List<VersionId> against(Version version, Promise promise) {
        List<VersionId> found = new ArrayList<>();
        if (promise.model().isEmpty()) {
            version.origins().forEach(edge -> found.add(edge.parent()));
            if (found.isEmpty()) {
                version.previous().ifPresent(found::add);
            }
            return present(found);
        }
        String model = promise.model().get();
        Optional.ofNullable(together.get(model))
                .or(() -> version.origins().stream()
                        .filter(edge -> edge.model().equals(model))
                        .map(ProvenanceEdge::parent)
                        .findFirst())
                .or(() -> promise.kind() == Promise.Kind.INIT_FROM
                        ? promise.version()
                        : lineage.model(model).map(Model::head))
                .ifPresent(found::add);
        return present(found);
    }

    private List<VersionId> present(List<VersionId> versions) {
        return versions.stream()
                .filter(id -> lineage.tryResolve(id.hex()).isPresent())
                .toList();
    }

    private String name(VersionId id) {
        return lineage.version(id).model() + "@" + id.abbreviated();
    }

    /** The weights of a version by name, read from its manifests. */
    private Map<String, Manifest.Tensor> tensors(VersionId id) {
        return tensors.computeIfAbsent(id, version -> {
            Map<String, Manifest.Tensor> found = new LinkedHashMap<>();
            for (FileEntry file : lineage.checkpoint(version).files()) {
                if (file.stored() == FileEntry.Storage.PARAMETERS && !TrainingState.isFile(file.path())) {
                    lineage.manifest(version, file.path())
                            .tensors()
                            .forEach(tensor -> found.putIfAbsent(tensor.name(), tensor));
                }
            }
            return found;
        });
    }
}
