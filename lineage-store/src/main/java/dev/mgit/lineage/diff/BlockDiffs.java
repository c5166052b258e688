package dev.mgit.lineage.diff;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.lineage.architecture.BlockShape;
import dev.mgit.lineage.architecture.LayerPattern;
import dev.mgit.lineage.architecture.ModelBlocks;
import dev.mgit.lineage.architecture.TensorBlocks;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares the blocks of two models: their shapes by configuration, their weights by content. Neither side's weights are
 * read if it is a version.
 */
final class BlockDiffs {
    private static final String CONFIG = "config.json";
    private static final int MAX_CONFIG = 16 << 20;

    /** One model's blocks. */
    private record Side(List<BlockShape> shapes, Map<Integer, List<CheckpointTensor>> tensors) {
        List<CheckpointTensor> block(int number) {
            return tensors.getOrDefault(number, List.of());
        }
    }

    private BlockDiffs() {}

    static BlockDiff of(DiffRequest request, Snapshot a, Snapshot b) throws IOException {
        Side parent = side(a, request.a().label());
        Side child = side(b, request.b().label());
        Map<ObjectId, List<Integer>> places = new HashMap<>();
        parent.tensors()
                .forEach((block, tensors) ->
                        tensors.forEach(tensor -> places.computeIfAbsent(tensor.object(), id -> new ArrayList<>())
                                .add(block)));
        List<BlockDiff.Row> rows = new ArrayList<>();
        Set<Integer> used = new HashSet<>();
        int next = 0;
        for (int block = 0; block < child.shapes().size(); block++) {
            List<CheckpointTensor> tensors = child.block(block);
            int from = mostShared(tensors, places, block);
            boolean longAsBefore = child.shapes().size() == parent.shapes().size();
            int place = longAsBefore ? block : from >= 0 ? from : next;
            next = place + 1;
            used.add(place);
            Optional<BlockShape> before =
                    place < parent.shapes().size() ? Optional.of(parent.shapes().get(place)) : Optional.empty();
            int same = (int) tensors.stream()
                    .filter(tensor ->
                            places.getOrDefault(tensor.object(), List.of()).contains(from))
                    .count();
            rows.add(new BlockDiff.Row(
                    block, place, child.shapes().get(block), before, tensors.size(), same, same == 0 ? -1 : from));
        }
        List<Integer> dropped = new ArrayList<>();
        for (int block = 0; block < parent.shapes().size(); block++) {
            if (!used.contains(block)) {
                dropped.add(block);
            }
        }
        return new BlockDiff(
                request.a().label(),
                request.b().label(),
                rows,
                dropped,
                LayerPattern.of(parent.shapes()),
                LayerPattern.of(child.shapes()));
    }

    /** The parent's block that shares most bytes with one of the child; the block of the same number among equals. */
    private static int mostShared(List<CheckpointTensor> tensors, Map<ObjectId, List<Integer>> places, int own) {
        Map<Integer, Long> shared = new HashMap<>();
        for (CheckpointTensor tensor : tensors) {
            for (int block : places.getOrDefault(tensor.object(), List.of())) {
                shared.merge(block, tensor.spec().byteLength(), Long::sum);
            }
        }
        int best = -1;
        for (Map.Entry<Integer, Long> entry : shared.entrySet()) {
            long bytes = entry.getValue();
            long most = best < 0 ? -1 : shared.getOrDefault(best, 0L);
            boolean better =
                    bytes > most || bytes == most && best != own && (entry.getKey() == own || entry.getKey() < best);
            best = better ? entry.getKey() : best;
        }
        return best;
    }

    private static Side side(Snapshot snapshot, String label) throws IOException {
        List<CheckpointTensor> tensors = snapshot.weights();
        List<BlockShape> shapes;
        try {
            shapes = ModelBlocks.of(config(snapshot), tensors);
        } catch (FormatException e) {
            throw e.in(label);
        }
        if (shapes.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "nothing says what blocks '" + label + "' has",
                    "compare checkpoints with a config.json beside the weights");
        }
        return new Side(shapes, TensorBlocks.of(tensors));
    }

    private static Optional<JsonObject> config(Snapshot snapshot) throws IOException {
        Snapshot.Contents file = snapshot.files.get(CONFIG);
        if (file == null || file.size() > MAX_CONFIG) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.parsePythonObject(file.bytes()));
        } catch (JsonException e) {
            throw new FormatException("config.json is not JSON: " + e.getMessage());
        }
    }
}
