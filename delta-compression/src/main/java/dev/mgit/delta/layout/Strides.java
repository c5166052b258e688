package dev.mgit.delta.layout;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor.Strided;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The steps of a strided tensor, dimensions that can be walked as one joined. */
final class Strides {
    private final long offset;
    private final int width;
    private final long[] sizes;
    private final long[] steps;

    private Strides(long offset, int width, long[] sizes, long[] steps) {
        this.offset = offset;
        this.width = width;
        this.sizes = sizes;
        this.steps = steps;
    }

    static Strides of(LogicalTensor tensor, Strided place) {
        TensorSpec spec = tensor.spec();
        List<long[]> joined = new ArrayList<>();
        for (int i = 0; i < spec.shape().size(); i++) {
            long size = spec.shape().get(i);
            long step = place.strides().get(i);
            long[] outer = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (outer != null && outer[1] == step * size) {
                outer[0] *= size;
                outer[1] = step;
            } else if (size != 1) {
                joined.add(new long[] {size, step});
            }
        }
        return new Strides(
                place.offset(),
                spec.dtype().bytes(),
                joined.stream().mapToLong(dimension -> dimension[0]).toArray(),
                joined.stream().mapToLong(dimension -> dimension[1]).toArray());
    }

    /** Byte of the file at which the first element begins. */
    long offset() {
        return offset;
    }

    /** Bytes of an element. */
    int width() {
        return width;
    }

    int rank() {
        return sizes.length;
    }

    /** Elements along a dimension; the outermost is 0. */
    long size(int dimension) {
        return sizes[dimension];
    }

    /** From each element to the next along a dimension, in elements. */
    long step(int dimension) {
        return steps[dimension];
    }

    long elements() {
        long product = 1;
        for (long size : sizes) {
            product *= size;
        }
        return product;
    }

    /** Whether no two elements share bytes, as far as that shows by each step leading beyond all shorter ones. */
    boolean areApart() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingLong(i -> steps[i]));
        long reach = 0;
        for (int i : order) {
            if (steps[i] <= reach) {
                return false;
            }
            reach += (sizes[i] - 1) * steps[i];
        }
        return true;
    }

    /**
     * Bytes from the first element to the end of the last.
     *
     * @throws ArithmeticException if they do not fit 63 bits
     */
    long span() {
        long last = 0;
        for (int i = 0; i < sizes.length; i++) {
            last = Math.addExact(last, Math.multiplyExact(sizes[i] - 1, steps[i]));
        }
        return elements() == 0 ? 0 : Math.multiplyExact(last + 1, (long) width);
    }
}
