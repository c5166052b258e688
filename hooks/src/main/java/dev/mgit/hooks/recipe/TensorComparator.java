package dev.mgit.hooks.recipe;

import java.nio.file.Path;
import java.util.List;

/** Says how far apart two files are, tensor by tensor. */
@FunctionalInterface
public interface TensorComparator {
    /** For files nothing is known about. */
    TensorComparator NONE = (expected, actual) -> List.of();

    /**
     * One tensor that is not the same in both files.
     *
     * @param maxAbs largest absolute difference of two elements; NaN where shapes or dtypes differ
     * @param l2 Euclidean norm of the difference
     */
    record Difference(String tensor, double maxAbs, double l2) {}

    /** The tensors that differ; empty if either file holds none that can be compared. */
    List<Difference> compare(Path expected, Path actual);
}
