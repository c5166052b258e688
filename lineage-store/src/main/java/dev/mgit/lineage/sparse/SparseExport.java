package dev.mgit.lineage.sparse;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.export.NewTarget;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.sparse.WeightSet.Weight;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes what changed between two versions' weights: for each tensor that differs, {@code NAME.idx} with the flat indices
 * of the elements that do, ascending, as I32 (I64 for tensors of more than 2^31 elements), and {@code NAME.val} with their
 * new values in the tensor's own dtype. Elements differ where their bits do, so NaNs and signed zeros are told apart.
 *
 * <p>The form is that of TRL's delta weight sync with encoding {@code raw}; indices and names are the checkpoint
 * coordinates that vLLM's {@code CheckpointWeightPatch} takes.
 */
public final class SparseExport {
    static final String INDICES = ".idx";
    static final String VALUES = ".val";
    private static final long MOST_I32 = 1L << 31;
    private static final int SHOWN = 3;

    private final Repository repository;
    private final CopyProgress progress;

    public SparseExport(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * What was written.
     *
     * @param changed elements that differ, of {@code elements} in all
     * @param tensors those that hold them
     * @param bytes of the file
     */
    public record Result(int tensors, long changed, long elements, long bytes) {}

    /**
     * Makes the file. Memory is bounded by a few blocks.
     *
     * @throws MgitException of kind FAILED if the versions do not have the same tensors, or one that changed cannot be
     *     written element by element; CONFLICT if there is something in the file's place
     */
    public Result export(VersionId parent, VersionId child, Path file) throws IOException {
        Lineage lineage = repository.lineage();
        WeightSet before = WeightSet.of(lineage, parent);
        WeightSet after = WeightSet.of(lineage, child);
        requireSameTensors(before, after);
        Result[] result = new Result[1];
        NewTarget.file(repository, file, place -> result[0] = write(parent, before, child, after, place));
        return Objects.requireNonNull(result[0]);
    }

    private Result write(VersionId parent, WeightSet before, VersionId child, WeightSet after, Path place)
            throws IOException {
        Lineage lineage = repository.lineage();
        progress.start("comparing", bytes(after));
        try (var store = new ObjectReader.Store(repository::parameters);
                var spool = new PatchSpool(place)) {
            WeightSet.Opening old = opening(lineage, parent, store);
            WeightSet.Opening fresh = opening(lineage, child, store);
            var oldDigest = new WeightSet.Digest();
            var newDigest = new WeightSet.Digest();
            long changed = 0;
            for (Map.Entry<String, Weight> weight : after.byName().entrySet()) {
                Weight now = weight.getValue();
                Weight was = Objects.requireNonNull(before.byName().get(weight.getKey()));
                if (was.object().equals(now.object())) {
                    MessageDigest data = WeightSet.sha256(fresh.open(now));
                    oldDigest.add(weight.getKey(), was, copy(data));
                    newDigest.add(weight.getKey(), now, data);
                } else {
                    requireElements(weight.getKey(), now);
                    var comparison =
                            new ElementComparison(now.seen().spec().dtype().bytes(), wide(now));
                    spool.begin(weight.getKey());
                    comparison.run(old.open(was), fresh.open(now), spool);
                    changed += spool.end();
                    oldDigest.add(weight.getKey(), was, comparison.before());
                    newDigest.add(weight.getKey(), now, comparison.after());
                }
                progress.advance(now.seen().spec().byteLength());
            }
            var metadata = new PatchMetadata(
                    parent,
                    oldDigest.hex(),
                    child,
                    newDigest.hex(),
                    kind(lineage, parent, child),
                    spool.tensors().size(),
                    changed,
                    after.elements());
            long bytes = spool.assemble(header(spool, after, metadata));
            return new Result(spool.tensors().size(), changed, after.elements(), bytes);
        } finally {
            progress.done();
        }
    }

    private static SafetensorsHeader header(PatchSpool spool, WeightSet after, PatchMetadata metadata) {
        List<TensorSpec> specs = new ArrayList<>();
        spool.tensors().forEach((name, count) -> {
            Weight weight = Objects.requireNonNull(after.byName().get(name));
            specs.add(new TensorSpec(name + INDICES, wide(weight) ? Dtype.I64 : Dtype.I32, List.of(count)));
            specs.add(new TensorSpec(name + VALUES, weight.seen().spec().dtype(), List.of(count)));
        });
        return SafetensorsHeader.of(SafetensorsHeader.inReferenceOrder(specs), metadata.toMap());
    }

    private static boolean wide(Weight weight) {
        return weight.seen().spec().elements() > MOST_I32;
    }

    private static long bytes(WeightSet weights) {
        return weights.byName().values().stream()
                .mapToLong(weight -> weight.seen().spec().byteLength())
                .sum();
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("SHA-256 of the JDK can be cloned", e);
        }
    }

    private static WeightSet.Opening opening(Lineage lineage, VersionId version, ObjectReader.Store store) {
        Map<String, ByteSource> files = new HashMap<>();
        return weight -> weight.seen()
                .open(files.computeIfAbsent(
                        weight.file(), path -> ObjectReader.content(store, lineage.manifest(version, path))));
    }

    private static Optional<EdgeKind> kind(Lineage lineage, VersionId parent, VersionId child) {
        return lineage.version(child).origins().stream()
                .filter(edge -> edge.parent().equals(parent))
                .map(ProvenanceEdge::kind)
                .findFirst();
    }

    private static void requireSameTensors(WeightSet before, WeightSet after) {
        List<String> others = new ArrayList<>();
        before.byName().forEach((name, weight) -> {
            Weight now = after.byName().get(name);
            if (now == null) {
                others.add(name + " (removed)");
            } else if (!now.hasShapeOf(weight)) {
                others.add(name + " (" + weight.seen().spec().dtype() + " "
                        + weight.seen().spec().shape() + ", now "
                        + now.seen().spec().dtype() + " "
                        + now.seen().spec().shape() + ")");
            }
        });
        after.byName().keySet().stream()
                .filter(name -> !before.byName().containsKey(name))
                .forEach(name -> others.add(name + " (new)"));
        if (!others.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "a sparse update cannot say that tensors come, go or change shape or dtype: "
                            + String.join(", ", others.subList(0, Math.min(SHOWN, others.size())))
                            + (others.size() > SHOWN ? " and " + (others.size() - SHOWN) + " more" : ""),
                    "send the whole version: mgit export REV DIR");
        }
        if (after.byName().isEmpty()) {
            throw MgitException.failed("the versions have no tensors to compare");
        }
    }

    private static void requireElements(String name, Weight weight) {
        Dtype dtype = weight.seen().spec().dtype();
        boolean whole = dtype.blockElements() == 1 && weight.seen().unreadable().isEmpty();
        if (!whole
                || !SafetensorsHeader.canHold(new TensorSpec(name, dtype, List.of(1L)))
                || !SafetensorsHeader.canName(name)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "tensor '" + name + "' changed, and elements of " + dtype + " in a " + weight.format()
                            + " file cannot be sent one by one",
                    "send the whole version: mgit export REV DIR");
        }
    }
}
