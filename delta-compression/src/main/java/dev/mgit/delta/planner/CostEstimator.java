package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import org.jspecify.annotations.Nullable;

/** Says how many bytes a block would take, near enough to compare predictions by. */
@FunctionalInterface
public interface CostEstimator {
    /** @param prediction a prediction of the same length, or null for none */
    double cost(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction);
}
