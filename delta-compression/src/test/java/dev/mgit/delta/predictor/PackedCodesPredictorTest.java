package dev.mgit.delta.predictor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.predictor.PackedCodesPredictor.Form;
import dev.mgit.delta.predictor.PackedCodesPredictor.Groups;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Codes in words against the plainest way to make them, one at a time. Data is made. */
class PackedCodesPredictorTest {
    private static final int ROWS = 32;
    private static final int COLUMNS = 48;

    private final Random random = new Random(11);

    /** Each bit width and order, scales of groups of rows and of columns, with and without zeros and factors. */
    @ParameterizedTest
    @CsvSource({
        "4, 1, 1, false, false",
        "4, 1, 1, true, false",
        "8, 1, 1, true, true",
        "2, 1, 1, false, true",
        "4, 2, 1, true, true",
        "4, 2, 1, false, false",
        "4, 4, 16, false, true",
        "8, 4, 48, true, true",
        "2, 0, 3, true, false",
    })
    void codesAreRoundedQuotients(int bits, int flags, int perScale, boolean zeros, boolean factors) {
        var form = new Form(bits, flags, COLUMNS, perScale);
        int groups = 3;
        int[] ofRow = new int[ROWS];
        for (int row = 0; row < ROWS; row++) {
            ofRow[row] = row < ROWS / 2 ? row / 8 : random.nextInt(groups);
        }
        float[] scale = numbers(groups * form.scalesPerRow(), 0.01f, 0.03f);
        int[] zero = random.ints(scale.length, 0, 1 << bits).toArray();
        boolean across = (flags & PackedCodesPredictor.ACROSS) != 0;
        float[] factor = factors ? numbers(across ? COLUMNS : ROWS, 0.5f, 2) : new float[0];
        int offset = zeros ? 1 : 1 << (bits - 1);
        float[] x = numbers(ROWS * COLUMNS, -0.1f, 0.1f);
        x[7] = Float.NaN;
        x[8] = Float.POSITIVE_INFINITY;
        byte[] expected = new byte[ROWS * COLUMNS * bits / 8];
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                int s = ofRow[row] * (COLUMNS / perScale) + column / perScale;
                float f = factors ? factor[across ? column : row] : 1;
                double quotient = Math.rint(x[row * COLUMNS + column] * f / scale[s]);
                double code = (Double.isNaN(quotient) ? 0 : quotient) + offset + (zeros ? zero[s] : 0);
                put(expected, form, row, column, (int) Math.max(0, Math.min((1 << bits) - 1, code)));
            }
        }
        int words = expected.length / Integer.BYTES;
        for (int first : new int[] {0, 1, form.wordColumns(), words - 2}) {
            int count = Math.min(words - first, form.wordColumns() + 3);
            int from = first / form.wordColumns() * form.rowsOfWords();
            int to = ((first + count - 1) / form.wordColumns() + 1) * form.rowsOfWords();
            var shared = new Groups(
                    Arrays.copyOfRange(ofRow, from, to),
                    bytes(scale),
                    Dtype.F32,
                    zeros ? packed(zero, bits) : new byte[0],
                    offset);
            float[] own = across || !factors ? factor : Arrays.copyOfRange(factor, from, to);
            byte[] parameters =
                    PackedCodesPredictor.parameters(Dtype.F32, form, first % form.wordColumns(), shared, own);
            byte[] target = new byte[count * Integer.BYTES];
            Arrays.fill(target, (byte) 0x5a);
            byte[] rows = bytes(Arrays.copyOfRange(x, from * COLUMNS, to * COLUMNS));
            new PackedCodesPredictor().predict(List.of(rows), parameters, Dtype.I32, target, target.length);
            assertThat(target)
                    .as("from word %d", first)
                    .isEqualTo(Arrays.copyOfRange(expected, 4 * first, 4 * (first + count)));
        }
    }

    /** AWQ's words have the even ones of eight columns in their lower half. */
    private static void put(byte[] words, Form form, int row, int column, int code) {
        int perWord = 32 / form.bits();
        boolean down = (form.flags() & PackedCodesPredictor.DOWN) != 0;
        int word = down ? row / perWord * COLUMNS + column : (row * COLUMNS + column) / perWord;
        int place = (down ? row : column) % perWord;
        boolean evenFirst = (form.flags() & PackedCodesPredictor.EVEN_FIRST) != 0;
        int slot = !evenFirst ? place : place % 2 == 0 ? place / 2 : perWord / 2 + place / 2;
        ByteBuffer all = ByteBuffer.wrap(words).order(ByteOrder.LITTLE_ENDIAN);
        all.putInt(4 * word, all.getInt(4 * word) | code << slot * form.bits());
    }

    private static byte[] packed(int[] codes, int bits) {
        byte[] bytes = new byte[PackedCodesPredictor.packed(codes.length, bits)];
        for (int i = 0; i < codes.length; i++) {
            bytes[i * bits / 8] |= (byte) (codes[i] << i * bits % 8);
        }
        return bytes;
    }

    private float[] numbers(int count, float least, float most) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = least + random.nextFloat() * (most - least);
        }
        return numbers;
    }

    private static byte[] bytes(float[] numbers) {
        byte[] bytes = new byte[numbers.length * Float.BYTES];
        Floats.write(Dtype.F32, numbers, bytes, 0, numbers.length);
        return bytes;
    }
}
