package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import java.util.Arrays;
import java.util.Optional;

/** Finds the zero points of quantized elements by comparing them with the floats they were made from. */
final class ZeroPoints {
    private static final int VOTES = 5;
    /** Elements looked at first: where these bear the prediction out, or nothing at all, the rest is not read. */
    private static final int GLANCE = 1 << 12;
    /** Elements looked at together; a turned source is read whole each time. */
    private static final int CHUNK = 1 << 20;
    /** Beyond this a quotient says nothing: the element was clipped. */
    private static final double FAR = 1 << 10;

    private final int channels;
    private final long run;
    private final int[] votes;
    private final int[] voted;
    private int waiting;

    private ZeroPoints(int channels, long run) {
        this.channels = channels;
        this.run = run;
        this.votes = new int[channels * VOTES];
        this.voted = new int[channels];
        this.waiting = channels;
    }

    /**
     * The zero point of each channel, by the majority of a few elements that were not clipped.
     *
     * @param predicted one for all channels
     * @param run neighbouring elements of one channel
     * @return those of the prediction where nothing else is to be seen
     */
    static int[] of(ChildTensor child, Placement placement, QuantizationParameters predicted, long run) {
        var points = new ZeroPoints(predicted.channels(), run);
        int otherwise = predicted.zeroPoints()[0];
        long elements = child.spec().elements();
        long chunk = Math.max(GLANCE, run == 1 ? (long) VOTES * predicted.channels() : 0);
        for (long first = 0; first < elements && points.waiting > 0; first += chunk, chunk = CHUNK) {
            int count = (int) Math.min(chunk, elements - first);
            int bytes = (int) placement.dtype().bytesFor(count);
            Optional<TensorPrediction> floats = placement.at(first, count).filter(placed -> placed.fits(bytes));
            if (floats.isEmpty()) {
                return predicted.zeroPoints();
            }
            points.vote(
                    SampledValues.read(child::read, child.spec().dtype(), first, count),
                    SampledValues.decode(placement.dtype(), floats.get().bytes(placement.dtype(), bytes), count),
                    first,
                    child.spec().dtype() == Dtype.U8 ? 0 : -128,
                    predicted.scales());
            if (first == 0 && !points.differ(otherwise)) {
                return predicted.zeroPoints();
            }
        }
        return points.elected(otherwise);
    }

    private void vote(double[] elements, double[] floats, long first, int least, float[] scales) {
        for (int i = 0; i < elements.length && waiting > 0; i++) {
            int channel = (int) ((first + i) / run % channels);
            double quotient = Math.rint((float) floats[i] / scales[channel]);
            boolean clipped = elements[i] == least || elements[i] == least + 255;
            if (voted[channel] < VOTES && !clipped && Math.abs(quotient) < FAR) {
                votes[channel * VOTES + voted[channel]++] = (int) (elements[i] - quotient);
                waiting -= voted[channel] == VOTES ? 1 : 0;
            }
        }
    }

    /** Whether votes agree with each other, and not with the prediction. */
    private boolean differ(int predicted) {
        int[] elected = elected(predicted);
        int agreeing = 0;
        int all = 0;
        boolean other = false;
        for (int channel = 0; channel < channels; channel++) {
            other |= elected[channel] != predicted;
            all += voted[channel];
            for (int i = 0; i < voted[channel]; i++) {
                agreeing += votes[channel * VOTES + i] == elected[channel] ? 1 : 0;
            }
        }
        return other && 2 * agreeing > all;
    }

    private int[] elected(int otherwise) {
        int[] points = new int[channels];
        for (int channel = 0; channel < channels; channel++) {
            int from = channel * VOTES;
            Arrays.sort(votes, from, from + voted[channel]);
            points[channel] = voted[channel] == 0 ? otherwise : votes[from + voted[channel] / 2];
        }
        return points;
    }
}
