package dev.mgit.delta.planner;

import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.numeric.LittleEndian;
import dev.mgit.delta.predictor.PackedCodesPredictor.Form;
import java.util.Arrays;

/**
 * What the input channels of a matrix were multiplied with before it was quantized. AWQ (Lin et al. 2023, arXiv 2306.00978) has
 * the layer before divide by such factors and does not store them. They are found from some output channels: a code says within
 * which bounds its channel's factor was, and the factor is taken where most of these bounds meet. Not thread-safe.
 */
final class ChannelFactors {
    private static final int PLACES = 4;
    private static final int OUTPUTS_PER_PLACE = 64;
    private static final int OUTPUTS = PLACES * OUTPUTS_PER_PLACE;

    /** Channels that are worked on at a time, and those looked at before the rest. */
    private static final int SLICE = 512;

    private static final int FEW = 32;

    /** Where factors are nearer to one on average, there were none: they differ by what quantizing loses. */
    private static final double NONE = 0.01;

    /** How far a factor may be from that of the least squares. */
    private static final double WINDOW = 0.1;

    private final SourceTensor floats;
    private final ChildTensor words;
    private final PackedScales scales;
    private final int offset;
    private final int outputs;
    private final int inputs;
    private final int perPlace;
    private final boolean inputsAreRows;

    // of one slice, place after place, output after output
    private final float[] weights = new float[OUTPUTS * SLICE];
    private final byte[] codes = new byte[OUTPUTS * SLICE];
    private final double[] starts = new double[OUTPUTS];
    private final double[] ends = new double[OUTPUTS];

    /**
     * @param floats a matrix of output channels by input channels
     * @param words its codes
     * @param offset what zeros are above those stored
     */
    ChannelFactors(SourceTensor floats, ChildTensor words, PackedScales scales, int offset) {
        this.floats = floats;
        this.words = words;
        this.scales = scales;
        this.offset = offset;
        outputs = floats.spec().shape().get(0).intValue();
        inputs = floats.spec().shape().get(1).intValue();
        int perWord = scales.form().perWord();
        perPlace = Math.min(OUTPUTS_PER_PLACE, outputs / PLACES / perWord * perWord);
        inputsAreRows = scales.form().perScale() == 1;
    }

    /** One for each input channel; none where there were no factors, or there is too little to tell. */
    float[] find() {
        if (perPlace == 0 || inputs < FEW) {
            return new float[0];
        }
        float[] factors = new float[inputs];
        fit(0, FEW, factors);
        double away = 0;
        for (int i = 0; i < FEW; i++) {
            away += Math.abs(factors[i] - 1) / FEW;
        }
        if (away < NONE) {
            return new float[0];
        }
        for (int first = 0; first < inputs; first += SLICE) {
            fit(first, Math.min(SLICE, inputs - first), factors);
        }
        return factors;
    }

    private void fit(int first, int count, float[] factors) {
        for (int place = 0; place < PLACES; place++) {
            readWeights(place, first, count);
            readCodes(place, first, count);
        }
        for (int i = 0; i < count; i++) {
            factors[first + i] = (float) factor(first + i, i, count);
        }
    }

    private int output(int place) {
        int perWord = scales.form().perWord();
        return (int) ((long) (outputs - perPlace) * place / (PLACES - 1)) / perWord * perWord;
    }

    private void readWeights(int place, int first, int count) {
        int width = floats.spec().dtype().bytes();
        byte[] bytes = new byte[count * width];
        float[] row = new float[count];
        for (int k = 0; k < perPlace; k++) {
            floats.read(((long) (output(place) + k) * inputs + first) * width, bytes, bytes.length);
            Floats.read(floats.spec().dtype(), bytes, 0, row, count);
            System.arraycopy(row, 0, weights, (place * perPlace + k) * count, count);
        }
    }

    private void readCodes(int place, int first, int count) {
        Form form = scales.form();
        int perWord = form.perWord();
        int output = output(place);
        int firstRow = inputsAreRows ? first : output;
        int rows = inputsAreRows ? count : perPlace;
        int firstColumn = inputsAreRows ? output : first;
        int columns = inputsAreRows ? perPlace : count;
        int perRow = form.isDown() ? columns : (columns + perWord - 1) / perWord;
        byte[] bytes = new byte[perRow * Integer.BYTES];
        for (int row = 0; row < rows; row += form.rowsOfWords()) {
            long word = (long) ((firstRow + row) / form.rowsOfWords()) * form.wordColumns()
                    + (form.isDown() ? firstColumn : firstColumn / perWord);
            words.read(word * Integer.BYTES, bytes, bytes.length);
            for (int down = 0; down < form.rowsOfWords() && row + down < rows; down++) {
                for (int column = 0; column < columns; column++) {
                    int at = form.isDown() ? column : column / perWord;
                    int shift = form.shift(form.isDown() ? down : column % perWord);
                    int code = (int) LittleEndian.INT.get(bytes, at * Integer.BYTES) >>> shift & (1 << form.bits()) - 1;
                    int k = inputsAreRows ? column : row + down;
                    int i = inputsAreRows ? row + down : column;
                    codes[(place * perPlace + k) * count + i] = (byte) code;
                }
            }
        }
    }

    /** @param i the channel's place in the slice of so many */
    private double factor(int channel, int i, int count) {
        Form form = scales.form();
        int most = (1 << form.bits()) - 1;
        double products = 0;
        double squares = 0;
        for (int o = 0; o < PLACES * perPlace; o++) {
            int scale = scale(channel, o);
            double weight = weights[o * count + i];
            products += weight * ((codes[o * count + i] & 0xff) - zero(scale)) * scales.scale(scale);
            squares += weight * weight;
        }
        double guess = products / squares;
        if (!(guess > 0) || guess == Double.POSITIVE_INFINITY) {
            return 1;
        }
        int bounds = 0;
        for (int o = 0; o < PLACES * perPlace; o++) {
            int scale = scale(channel, o);
            int code = codes[o * count + i] & 0xff;
            double unit = scales.scale(scale) / weights[o * count + i];
            double one = code == 0 ? Double.NEGATIVE_INFINITY : code - zero(scale) - 0.5;
            double other = code == most ? Double.POSITIVE_INFINITY : code - zero(scale) + 0.5;
            double start = Math.max(Math.min(one * unit, other * unit), guess * (1 - WINDOW));
            double end = Math.min(Math.max(one * unit, other * unit), guess * (1 + WINDOW));
            if (start < end) {
                starts[bounds] = start;
                ends[bounds++] = end;
            }
        }
        return bounds == 0 ? guess : whereMostMeet(bounds);
    }

    /** The middle of the widest stretch that most bounds enclose. */
    private double whereMostMeet(int bounds) {
        Arrays.sort(starts, 0, bounds);
        Arrays.sort(ends, 0, bounds);
        int open = 0;
        int most = 0;
        double width = 0;
        double best = starts[0];
        int ended = 0;
        for (int i = 0; i < bounds; i++) {
            open++;
            while (ends[ended] <= starts[i]) {
                ended++;
                open--;
            }
            double next = i + 1 < bounds ? Math.min(starts[i + 1], ends[ended]) : ends[ended];
            double stretch = next - starts[i];
            if (open > most || open == most && stretch > width) {
                most = open;
                width = stretch;
                best = starts[i] + stretch / 2;
            }
        }
        return best;
    }

    /** The place of the scale that a channel has for one of the outputs looked at. */
    private int scale(int channel, int o) {
        int output = output(o / perPlace) + o % perPlace;
        return scales.place(inputsAreRows ? channel : output, inputsAreRows ? output : channel);
    }

    private int zero(int scale) {
        return scales.zeroOf(scale) + offset;
    }
}
