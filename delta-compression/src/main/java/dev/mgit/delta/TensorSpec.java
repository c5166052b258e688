package dev.mgit.delta;

import java.util.List;

/**
 * What a file's header says of one tensor.
 *
 * @param name the parameter's name in the file
 * @param shape dimensions, outermost first; empty for a scalar
 */
public record TensorSpec(String name, Dtype dtype, List<Long> shape) {
    public TensorSpec {
        shape = List.copyOf(shape);
    }

    /** Bytes of which nothing but a name is known, if that. */
    public static TensorSpec opaque(String name, long length) {
        return new TensorSpec(name, Dtype.OPAQUE, List.of(length));
    }

    /**
     * Number of elements.
     *
     * @throws ArithmeticException if it does not fit 63 bits
     */
    public long elements() {
        if (shape.contains(0L)) {
            return 0;
        }
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /** Bytes of the tensor's data, elements packed without gaps. */
    public long byteLength() {
        return dtype.bytesFor(elements());
    }

    /** Bytes of one row: everything below the outermost dimension. One element for vectors and scalars. */
    public long rowBytes() {
        if (shape.size() < 2 || elements() == 0) {
            return dtype.blockBytes();
        }
        long rows = shape.get(0);
        long bytes = byteLength();
        return bytes % rows == 0 ? bytes / rows : dtype.blockBytes();
    }
}
