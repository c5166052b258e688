package dev.mgit.delta.format.torch;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A view of a storage.
 *
 * @param offset of the first element, in elements
 * @param strides steps between neighbours along each dimension, in elements
 * @param sign its conjugate and negative bits
 */
public record TorchTensor(
        String name,
        TorchStorage storage,
        TorchTypes.Type type,
        long offset,
        List<Long> shape,
        List<Long> strides,
        Sign sign) {
    /** Dimensions in the order in which they lie in memory, or nothing if the view has gaps or repeats elements. */
    Optional<TensorSpec> dense() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < shape.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparing(strides::get, Comparator.reverseOrder()));
        boolean rowMajor = walksWithoutGaps(order.stream().sorted().toList());
        if (!rowMajor && !walksWithoutGaps(order)) {
            return Optional.empty();
        }
        List<Long> lying = rowMajor ? shape : order.stream().map(shape::get).toList();
        return Optional.of(new TensorSpec(name, type.dtype(), lying));
    }

    private boolean walksWithoutGaps(List<Integer> order) {
        long step = 1;
        for (int i = order.size() - 1; i >= 0; i--) {
            long dimension = shape.get(order.get(i));
            if (dimension != 1 && strides.get(order.get(i)) != step) {
                return false;
            }
            if (dimension < 1 || step > Long.MAX_VALUE / dimension) {
                return false;
            }
            step *= dimension;
        }
        return true;
    }
}
