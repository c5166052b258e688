package dev.mgit.delta.predictor;

import java.util.List;

/** The bytes of all sources of a prediction, one after the other. */
final class SourceBytes {
    private final List<byte[]> inputs;
    private final long[] starts;

    SourceBytes(List<byte[]> inputs) {
        this.inputs = inputs;
        this.starts = new long[inputs.size() + 1];
        for (int i = 0; i < inputs.size(); i++) {
            starts[i + 1] = starts[i] + inputs.get(i).length;
        }
    }

    long length() {
        return starts[inputs.size()];
    }

    /** Copies a range that may span sources. The caller has checked that it is within {@link #length}. */
    void copy(long from, byte[] target, int to, int length) {
        int index = 0;
        long at = from;
        int done = 0;
        while (done < length) {
            while (at >= starts[index + 1]) {
                index++;
            }
            int some = (int) Math.min(length - done, starts[index + 1] - at);
            System.arraycopy(inputs.get(index), (int) (at - starts[index]), target, to + done, some);
            done += some;
            at += some;
        }
    }
}
