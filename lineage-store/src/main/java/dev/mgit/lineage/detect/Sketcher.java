package dev.mgit.lineage.detect;

import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.CheckpointTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Takes sketches. Reads at most {@value SamplePositions#GRID} rows of each matrix. */
public final class Sketcher {
    /** Models with more weights than this keep a quarter of the samples of each. */
    private static final int FEW_WEIGHTS = 64;

    /** Of a checkpoint with more, as many of its first files are looked at as have them. */
    static final int MAX_TENSORS = 1 << 16;

    private Sketcher() {}

    /** The sketch of a checkpoint; {@code claims} is what its other files say. */
    public static ModelSketch of(CheckpointTensors checkpoint, MetadataClaims claims) throws IOException {
        List<TensorSketch> full = new ArrayList<>();
        List<CheckpointTensor> all = checkpoint.weights();
        var gates = new RecurrentGates(all);
        for (CheckpointTensor weight : all) {
            boolean counts = !weight.companion() && weight.tiedTo().isEmpty();
            if (counts && full.size() < MAX_TENSORS) {
                full.add(TensorSampler.of(weight));
                for (CheckpointTensor part : FusedProjections.parts(weight, gates)) {
                    full.add(TensorSampler.of(part).asPart());
                }
            }
        }
        for (CheckpointTensor opaque : checkpoint.opaque()) {
            full.add(TensorSampler.of(opaque));
        }
        return of(checkpoint.formats(), claims, full);
    }

    /** The sketch of tensors that were sampled before. */
    public static ModelSketch of(List<String> formats, MetadataClaims claims, List<TensorSketch> full) {
        int[] keys = SketchKeys.of(full, claims);
        long weights = full.stream().filter(TensorSketch::isWeight).count();
        int grid = weights <= FEW_WEIGHTS ? SamplePositions.GRID : SamplePositions.GRID / 2;
        List<TensorSketch> kept =
                full.stream().map(tensor -> thinned(tensor, grid)).toList();
        return new ModelSketch(formats, claims, kept, keys);
    }

    /** The leading part of the grid: positions do not depend on how many there are. */
    private static TensorSketch thinned(TensorSketch tensor, int grid) {
        int rows = tensor.columns() == 1
                ? Math.min(tensor.sampleRows(), tensor.isWeight() ? grid * grid : grid)
                : Math.min(tensor.sampleRows(), grid);
        int columns = Math.min(tensor.sampleColumns(), grid);
        float[] values = new float[rows * columns];
        for (int i = 0; i < rows; i++) {
            int from = i * tensor.sampleColumns();
            System.arraycopy(
                    Arrays.copyOfRange(tensor.values(), from, from + columns), 0, values, i * columns, columns);
        }
        return new TensorSketch(
                tensor.name(),
                tensor.dtype(),
                tensor.rows(),
                tensor.columns(),
                tensor.depth(),
                tensor.layout(),
                tensor.digest(),
                values.length == 0 ? 0 : rows,
                values.length == 0 ? 0 : columns,
                values,
                tensor.square(),
                tensor.fourth(),
                tensor.scaled(),
                tensor.part());
    }
}
