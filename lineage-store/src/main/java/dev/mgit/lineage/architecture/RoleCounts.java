package dev.mgit.lineage.architecture;

import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.ParameterRole;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * How many parameters of a model are for what. Elements are counted as they are stored: a dtype that packs several
 * parameters in an element of another counts once. Second names of one tensor, and the scales of quantized ones, are no
 * parameters.
 *
 * @param byRole only roles the model has
 * @param unknown names of the tensors that no pattern knows
 * @param dtypes of the tensors counted, sorted
 */
public record RoleCounts(Map<ParameterRole, Count> byRole, List<String> unknown, List<String> dtypes) {
    /** Parameters, their bytes in the file, and the tensors they are in. */
    public record Count(long parameters, long bytes, int tensors) {
        static final Count NONE = new Count(0, 0, 0);

        Count plus(Count other) {
            return new Count(
                    Math.addExact(parameters, other.parameters),
                    Math.addExact(bytes, other.bytes),
                    tensors + other.tensors);
        }
    }

    public RoleCounts {
        byRole = new EnumMap<>(byRole);
        unknown = List.copyOf(unknown);
        dtypes = List.copyOf(dtypes);
    }

    /** Counts tensors. Those whose elements nobody can find are left out. */
    public static RoleCounts of(List<CheckpointTensor> tensors) {
        Map<ParameterRole, Count> counts = new EnumMap<>(ParameterRole.class);
        List<String> unknown = new ArrayList<>();
        TreeSet<String> dtypes = new TreeSet<>();
        for (CheckpointTensor tensor : tensors) {
            if (tensor.isUnreadable() || tensor.companion() || tensor.tiedTo().isPresent()) {
                continue;
            }
            ParameterRole role = ParameterRole.of(tensor.name());
            counts.merge(role, new Count(tensor.elements(), tensor.spec().byteLength(), 1), Count::plus);
            dtypes.add(tensor.spec().dtype().name());
            if (role == ParameterRole.OTHER) {
                unknown.add(tensor.name());
            }
        }
        return new RoleCounts(counts, unknown, List.copyOf(dtypes));
    }

    public Count of(ParameterRole role) {
        return byRole.getOrDefault(role, Count.NONE);
    }

    public Count total() {
        return byRole.values().stream().reduce(Count.NONE, Count::plus);
    }

    /** Parameters of the embedding and of the output head, which has as many where they are not tied. */
    public long embedding() {
        return of(ParameterRole.EMBEDDINGS).parameters()
                + of(ParameterRole.HEAD).parameters();
    }

    /** All that is neither embedding nor head nor norm: what papers call non-embedding parameters. */
    public long layers() {
        return total().parameters() - embedding() - norms();
    }

    public long norms() {
        return of(ParameterRole.NORMS).parameters();
    }
}
