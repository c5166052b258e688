package dev.mgit.lineage.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A tensor of any number of dimensions as a matrix of samples that does not depend on the order of its axes: OIHW of
 * PyTorch, HWIO of TensorFlow and OHWI of TensorFlow Lite give the same one, or a transposed one. Of matrices it is the
 * matrix. Of more dimensions, those of length 1 left out, rows are the longest axis and columns the next; every sample
 * has its own place on the others, the same for the transposed sample. Where the second axis is shorter than a matrix
 * may be (depthwise convolutions), columns are all but the longest.
 *
 * @param rows the axis of rows
 * @param columns the axis of columns; several joined are one
 * @param rest the other axes
 */
record SketchAxes(Axis rows, Axis columns, Axis rest) {
    private static final int LEAST_COLUMNS = 4;

    /** One axis or several joined, outermost first: lengths, and elements from one position to the next. */
    record Axis(List<Long> lengths, List<Long> strides) {
        static final Axis NONE = new Axis(List.of(), List.of());

        long length() {
            return lengths.stream().reduce(1L, Math::multiplyExact);
        }

        /** Elements from the first position to another. */
        long offset(long position) {
            long left = position;
            long offset = 0;
            for (int i = lengths.size() - 1; i >= 0; i--) {
                offset += left % lengths.get(i) * strides.get(i);
                left /= lengths.get(i);
            }
            return offset;
        }

        private static Axis joined(List<Axis> axes) {
            List<Long> lengths = new ArrayList<>();
            List<Long> strides = new ArrayList<>();
            for (Axis axis : axes) {
                lengths.addAll(axis.lengths);
                strides.addAll(axis.strides);
            }
            return new Axis(lengths, strides);
        }
    }

    static SketchAxes of(List<Long> shape) {
        List<Axis> real = real(shape);
        if (real.isEmpty()) {
            return new SketchAxes(Axis.NONE, Axis.NONE, Axis.NONE);
        }
        if (real.size() <= 2) {
            return new SketchAxes(real.get(0), real.size() == 1 ? Axis.NONE : real.get(1), Axis.NONE);
        }
        List<Axis> longest = new ArrayList<>(real);
        longest.sort(Comparator.comparing(Axis::length, Comparator.reverseOrder()));
        Axis rows = longest.get(0);
        Axis columns = longest.get(1);
        List<Axis> rest = new ArrayList<>(real);
        rest.remove(rows);
        if (columns.length() < LEAST_COLUMNS) {
            return new SketchAxes(rows, Axis.joined(rest), Axis.NONE);
        }
        rest.remove(columns);
        return new SketchAxes(rows, columns, Axis.joined(rest));
    }

    private static List<Axis> real(List<Long> shape) {
        List<Axis> real = new ArrayList<>();
        long stride = 1;
        for (int i = shape.size() - 1; i >= 0; i--) {
            if (shape.get(i) != 1) {
                real.add(0, new Axis(List.of(shape.get(i)), List.of(stride)));
            }
            stride *= shape.get(i);
        }
        return real;
    }

    /** Index of the element that is sampled in row {@code i} and column {@code j} of the grid, at these positions. */
    long element(int i, int j, long row, long column) {
        long place = rest.length() == 1 ? 0 : Long.remainderUnsigned(SamplePositions.mix(i + j), rest.length());
        return rows.offset(row) + columns.offset(column) + rest.offset(place);
    }
}
