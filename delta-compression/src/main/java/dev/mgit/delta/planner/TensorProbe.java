package dev.mgit.delta.planner;

import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A few values of a tensor by which its likes are recognised under another name, dtype or axis order: two runs of
 * elements from its inner part, because first rows are often padding and last rows unused.
 */
final class TensorProbe {
    static final int RUNS = 2;
    private static final int RUN = 32;
    /** Fewer values than this resemble each other by chance. */
    static final int LEAST = 16;

    private TensorProbe() {}

    /** Elements of one run. */
    static int run(TensorSpec spec) {
        return (int) Math.min(RUN, spec.elements() / RUNS);
    }

    /** Where the runs start, in elements; at row starts where rows are long enough. */
    static List<Long> starts(TensorSpec spec) {
        long total = spec.elements();
        long row = SampledValues.innermost(spec);
        List<Long> starts = new ArrayList<>();
        for (int i = 1; i <= RUNS; i++) {
            long start = total * i / (RUNS + 1) / row * row;
            starts.add(Math.min(start, total - run(spec)));
        }
        return starts;
    }

    /** The values at {@link #starts}, run after run. */
    static double[] read(TensorSpec spec, SampledValues.Reader reader) {
        double[] values = new double[RUNS * run(spec)];
        int at = 0;
        for (long start : starts(spec)) {
            double[] run = SampledValues.read(reader, spec.dtype(), start, run(spec));
            System.arraycopy(run, 0, values, at, run.length);
            at += run.length;
        }
        return values;
    }

    /** Where a source's probed elements stand in a child whose axes are the source's permuted. */
    static long[] positions(TensorSpec source, List<Integer> axes) {
        int rank = axes.size();
        long[] childStride = new long[rank];
        long stride = 1;
        for (int i = rank - 1; i >= 0; i--) {
            childStride[axes.get(i)] = stride;
            stride *= source.shape().get(axes.get(i));
        }
        int run = run(source);
        long[] positions = new long[RUNS * run];
        int at = 0;
        for (long start : starts(source)) {
            for (int i = 0; i < run; i++) {
                long rest = start + i;
                long position = 0;
                for (int axis = rank - 1; axis >= 0; axis--) {
                    long dimension = source.shape().get(axis);
                    position += rest % dimension * childStride[axis];
                    rest /= dimension;
                }
                positions[at++] = position;
            }
        }
        return positions;
    }
}
