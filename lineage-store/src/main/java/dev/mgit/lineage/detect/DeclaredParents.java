package dev.mgit.lineage.detect;

import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Holds what somebody says a version was derived from against its weights. Only the parents and the few versions that
 * share most keys are looked at: a few milliseconds. Kinds that need not show in weights are believed.
 */
final class DeclaredParents {
    /** Whoever holds the same shares all keys, so it is among the first. */
    private static final int NEAREST = 4;

    /** Steps that leave weights recognizable. */
    private static final Set<EdgeKind> RECOGNIZABLE = Set.of(
            EdgeKind.FINETUNE,
            EdgeKind.CONTINUE_PRETRAIN,
            EdgeKind.RL,
            EdgeKind.PRUNE,
            EdgeKind.QUANTIZE,
            EdgeKind.CAST,
            EdgeKind.CONVERT,
            EdgeKind.MERGE,
            EdgeKind.COPY);

    private static final Set<EdgeKind> UNCHANGED = Set.of(EdgeKind.COPY, EdgeKind.CONVERT, EdgeKind.CAST);

    private final Lineage lineage;
    private final SketchIndex index;

    DeclaredParents(Lineage lineage, SketchIndex index) {
        this.lineage = lineage;
        this.index = index;
    }

    /** What the weights say against it, as the end of a sentence; empty if they do not, or nothing is known of them. */
    Optional<String> contradiction(String model, ModelSketch sketch, List<CommitRequest.Origin> parents) {
        for (CommitRequest.Origin parent : parents) {
            Optional<ModelSketch> known = index.sketch(parent.version());
            Optional<String> said = known.flatMap(base -> contradiction(sketch, parent, base, parents));
            if (said.isPresent()) {
                return said;
            }
        }
        boolean isCopy = parents.stream().anyMatch(parent -> UNCHANGED.contains(parent.kind()));
        return parents.isEmpty() || isCopy ? Optional.empty() : copyOfAnother(model, sketch, parents);
    }

    private Optional<String> contradiction(
            ModelSketch sketch, CommitRequest.Origin parent, ModelSketch base, List<CommitRequest.Origin> parents) {
        String name = name(parent.version());
        if (parent.kind() == EdgeKind.ADAPTER) {
            boolean fits = !sketch.isAdapter() || new AdapterShapes(sketch).fitting(base) > 0;
            return fits ? Optional.empty() : Optional.of("its factors do not fit the weights of " + name);
        }
        boolean comparable = sketch.elements() > 0 && base.elements() > 0 && !sketch.isAdapter() && !base.isAdapter();
        if (!RECOGNIZABLE.contains(parent.kind()) || !comparable) {
            return Optional.empty();
        }
        SketchComparison likeness = SketchComparison.of(base, sketch);
        if (likeness.isSame()) {
            return UNCHANGED.contains(parent.kind())
                    ? Optional.empty()
                    : Optional.of("the weights are the same as those of " + name);
        }
        boolean packed = parent.kind() == EdgeKind.QUANTIZE
                && (isPacked(likeness) || !likeness.related().isEmpty());
        return likeness.isRelated() || packed
                ? Optional.empty()
                : Optional.of("the weights have nothing in common with those of " + name + found(sketch, parents));
    }

    /** Several values in an element leave no two tensors to compare. */
    private static boolean isPacked(SketchComparison likeness) {
        return likeness.pairs().stream()
                .noneMatch(pair -> pair.a().isWeight() && pair.b().isWeight());
    }

    /** What the weights are instead, as the end of a sentence; empty if nothing like them is known. */
    private String found(ModelSketch sketch, List<CommitRequest.Origin> parents) {
        String near = "";
        for (VersionId version : index.search(sketch, NEAREST)) {
            boolean declared =
                    parents.stream().anyMatch(parent -> parent.version().equals(version));
            Optional<SketchComparison> likeness = declared
                    ? Optional.empty()
                    : index.sketch(version).map(other -> SketchComparison.of(other, sketch));
            if (likeness.filter(SketchComparison::isSame).isPresent()) {
                return "; they are those of " + name(version);
            }
            if (near.isEmpty() && likeness.filter(SketchComparison::isRelated).isPresent()) {
                near = "; they are near those of " + name(version);
            }
        }
        return near;
    }

    private Optional<String> copyOfAnother(String model, ModelSketch sketch, List<CommitRequest.Origin> parents) {
        for (VersionId version : index.search(sketch, NEAREST)) {
            boolean declared =
                    parents.stream().anyMatch(parent -> parent.version().equals(version));
            boolean other = !declared && !lineage.version(version).model().equals(model);
            Optional<ModelSketch> near = other ? index.sketch(version) : Optional.empty();
            if (near.filter(found -> SketchComparison.of(found, sketch).isSame())
                    .isPresent()) {
                return Optional.of("the weights are the same as those of " + name(version));
            }
        }
        return Optional.empty();
    }

    private String name(VersionId version) {
        return lineage.version(version).model() + "@" + version.abbreviated();
    }
}
