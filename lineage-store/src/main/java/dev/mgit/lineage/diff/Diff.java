package dev.mgit.lineage.diff;

import java.util.List;

/**
 * What differs between two checkpoints.
 *
 * @param a how the user named the first
 * @param reading one line in plain words
 * @param files those that differ
 * @param tensors all weights, the same ones too, in natural order of their names
 * @param trainingState what a trainer keeps beside them, which no figure counts and nobody measured
 * @param dropped files of training state, as REV:PATH, that were dropped from a side and are not compared
 * @param layers all layers
 * @param blocks all blocks of layers, and the layers outside any
 * @param measured whether tensors that differ were measured
 */
public record Diff(
        String a,
        String b,
        String reading,
        List<FileChange> files,
        List<TensorChange> tensors,
        List<TensorChange> trainingState,
        List<String> dropped,
        List<LayerChange> layers,
        List<LayerChange> blocks,
        boolean measured) {
    /** Version of the JSON form. */
    public static final int SCHEMA = 1;

    public Diff {
        files = List.copyOf(files);
        tensors = List.copyOf(tensors);
        trainingState = List.copyOf(trainingState);
        dropped = List.copyOf(dropped);
        layers = List.copyOf(layers);
        blocks = List.copyOf(blocks);
    }

    /** Whether anything differs: a file's bytes, or a tensor. */
    public boolean differs() {
        return !files.isEmpty() || differs(tensors) || differs(trainingState);
    }

    private static boolean differs(List<TensorChange> tensors) {
        return tensors.stream().anyMatch(tensor -> tensor.status() != TensorChange.Status.SAME);
    }

    /** How many weights have a status. */
    public long count(TensorChange.Status status) {
        return tensors.stream().filter(tensor -> tensor.status() == status).count();
    }
}
