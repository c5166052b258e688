package dev.mgit.lineage.diff;

import dev.mgit.lineage.diff.TensorChange.Status;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.TensorReader;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Which tensors of either side share their data or hold the same, and what became of that. */
public final class TiedTensors {
    /** Elements looked at to tell weights from a constant. */
    private static final int LOOKED_AT = 1024;

    private final Names a;
    private final Names b;

    public TiedTensors(List<CheckpointTensor> left, List<CheckpointTensor> right) {
        this.a = new Names(left, Set.of());
        this.b = new Names(right, left.stream().map(CheckpointTensor::name).collect(Collectors.toSet()));
    }

    /** The names of one side. */
    private static final class Names {
        private final Map<ObjectId, List<CheckpointTensor>> byContent = new HashMap<>();
        private final Set<String> tied = new HashSet<>();

        /** Names that the other side did not have, and that come first among those of their data. */
        private final Set<String> fresh = new HashSet<>();

        /** @param known names of the other side */
        Names(List<CheckpointTensor> weights, Set<String> known) {
            for (CheckpointTensor weight : weights) {
                if (weight.isMatrix() && !weight.isUnreadable()) {
                    byContent
                            .computeIfAbsent(weight.object(), object -> new ArrayList<>())
                            .add(weight);
                }
                weight.tiedTo().ifPresent(first -> {
                    tied.add(first);
                    tied.add(weight.name());
                    if (!known.contains(first)) {
                        fresh.add(first);
                    }
                });
            }
        }

        boolean tied(CheckpointTensor weight) {
            return tied.contains(weight.name());
        }

        Optional<String> twin(CheckpointTensor weight) {
            return byContent.getOrDefault(weight.object(), List.of()).stream()
                    .map(CheckpointTensor::name)
                    .filter(name -> !name.equals(weight.name()))
                    .findFirst();
        }
    }

    /**
     * What became of a tensor that is the same on both sides, or on one side and there the same as another that both
     * have: {@link Status#TIED}, {@link Status#UNTIED}, or neither.
     */
    public Optional<Status> status(Optional<CheckpointTensor> left, Optional<CheckpointTensor> right)
            throws IOException {
        if (left.isPresent() && right.isPresent()) {
            return untiedFrom(left, right).isPresent()
                    ? Optional.of(Status.UNTIED)
                    : right.get()
                                            .tiedTo()
                                            .filter(first -> !b.fresh.contains(first))
                                            .isPresent()
                                    && !a.tied(left.get())
                            ? Optional.of(Status.TIED)
                            : Optional.empty();
        }
        CheckpointTensor alone = left.or(() -> right).orElseThrow();
        boolean onBoth = a.byContent.containsKey(alone.object()) && b.byContent.containsKey(alone.object());
        boolean apart = right.isPresent() && !b.tied(alone);
        if (!onBoth || twin(left, right).isEmpty() || isConstant(alone)) {
            return Optional.empty();
        }
        return Optional.of(apart ? Status.UNTIED : Status.TIED);
    }

    /** The tensor whose data it shared and shares no longer. */
    public Optional<String> untiedFrom(Optional<CheckpointTensor> left, Optional<CheckpointTensor> right) {
        boolean stillTied = right.filter(b::tied).isPresent();
        return right.isEmpty() || stillTied ? Optional.empty() : left.flatMap(CheckpointTensor::tiedTo);
    }

    /** The twin of a tensor that came, went or changed, on the side where it is. */
    public Optional<String> twin(Optional<CheckpointTensor> left, Optional<CheckpointTensor> right) {
        if (right.isEmpty()) {
            return a.twin(left.orElseThrow());
        }
        Optional<String> named =
                right.get().tiedTo().filter(first -> left.filter(a::tied).isEmpty());
        if (named.isPresent()) {
            return named;
        }
        boolean same = left.filter(weight -> weight.object().equals(right.get().object()))
                .isPresent();
        boolean tiedBefore = left.flatMap(a::twin).isPresent();
        return same || tiedBefore ? Optional.empty() : b.twin(right.get());
    }

    /** Zeros are the same as other zeros without being tied to them. */
    private static boolean isConstant(CheckpointTensor weight) throws IOException {
        var reader = new TensorReader(weight);
        if (!reader.canRead() || weight.elements() == 0) {
            return true;
        }
        double[] values = reader.read(0, (int) Math.min(LOOKED_AT, weight.elements()));
        for (double value : values) {
            if (value != values[0]) {
                return false;
            }
        }
        return true;
    }
}
