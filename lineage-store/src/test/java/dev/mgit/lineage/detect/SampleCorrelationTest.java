package dev.mgit.lineage.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The short ways to a pair's figures lead to the same ones. Samples are made. */
class SampleCorrelationTest {
    private static final float[] ODD = {0, -0f, 1, Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE, 1e-30f};

    private final SplittableRandom random = new SplittableRandom(5);

    @ParameterizedTest
    @CsvSource({"64, 64, 64, 64", "48, 96, 96, 48", "48, 96, 48, 96", "48, 96, 60, 96", "3, 7, 7, 3", "9000, 1, 9000, 1"
    })
    void isThatOfThePair(long rowsOfA, long columnsOfA, long rowsOfB, long columnsOfB) {
        for (int likeness = 0; likeness < 6; likeness++) {
            TensorSketch a = sketch(rowsOfA, columnsOfA, null, likeness);
            TensorSketch b = sketch(rowsOfB, columnsOfB, a, likeness);
            assertThat(SampleCorrelation.of(a, b)).isEqualTo(TensorPair.of(a, b).correlation());
        }
    }

    /** Like another's samples, each in its place, the less the higher the number; then constants, then odd values. */
    private TensorSketch sketch(long rows, long columns, @Nullable TensorSketch like, int likeness) {
        int sampleRows = columns == 1 ? SamplePositions.LONG : (int) Math.min(rows, SamplePositions.GRID);
        int sampleColumns = (int) Math.min(columns, SamplePositions.GRID);
        float[] values = new float[sampleRows * sampleColumns];
        for (int i = 0; i < values.length; i++) {
            float noise = (float) (random.nextDouble() - 0.5);
            float base = like == null || i >= like.values().length ? noise : like.values()[i] + noise * likeness / 4;
            values[i] = likeness == 4 ? 3 : likeness == 5 && i % 5 == 0 ? ODD[random.nextInt(ODD.length)] : base;
        }
        return new TensorSketch(
                "t", Dtype.F32, rows, columns, 1, 0, 1, sampleRows, sampleColumns, values, 1, 1, false, false);
    }

    @Test
    void aSelectedValueIsTheOneThatSortingPutsThere() {
        for (int count = 1; count < 60; count++) {
            double[] values = random.doubles(count, 0, 9).map(Math::rint).toArray();
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            for (int n = 0; n < count; n++) {
                assertThat(Selection.nth(values.clone(), count, n)).isEqualTo(sorted[n]);
            }
        }
    }
}
