package dev.mgit.hooks.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.hooks.modeltest.MetricRule.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The vectors that crfm-helm publishes in {@code test_summarize.py}, and their mirror images. */
class WinRateTest {
    private static final Optional<Direction> UP = Optional.of(Direction.HIGHER);

    private static WinRate.Column column(Optional<Direction> direction, @Nullable Double... values) {
        List<Optional<Double>> list = new ArrayList<>();
        Arrays.asList(values).forEach(value -> list.add(Optional.ofNullable(value)));
        return new WinRate.Column(direction, list);
    }

    private static List<@Nullable Double> rates(WinRate.Column... columns) {
        List<@Nullable Double> rates = new ArrayList<>();
        WinRate.of(List.of(columns), 5).forEach(rate -> rates.add(rate.orElse(null)));
        return rates;
    }

    @Test
    void oneColumnRanks() {
        assertThat(rates(column(UP, 1.0, 2.0, 3.0, 4.0, 5.0))).containsExactly(0.0, 0.25, 0.5, 0.75, 1.0);
        assertThat(rates(column(Optional.of(Direction.LOWER), 1.0, 2.0, 3.0, 4.0, 5.0)))
                .containsExactly(1.0, 0.75, 0.5, 0.25, 0.0);
    }

    @Test
    void columnsAreAveraged() {
        assertThat(rates(column(UP, 1.0, 2.0, 3.0, 4.0, 5.0), column(UP, 3.0, 1.0, 2.0, 5.0, 4.0)))
                .containsExactly(0.25, 0.125, 0.375, 0.875, 0.875);
    }

    @Test
    void tiesCountHalf() {
        assertThat(rates(column(UP, 1.0, 1.0, 1.0, 4.0, 5.0))).containsExactly(0.25, 0.25, 0.25, 0.75, 1.0);
    }

    @Test
    void missingValuesDoNotCount() {
        assertThat(rates(column(UP, 1.0, 2.0, 3.0, 4.0, 5.0), column(UP, 3.0, 1.0, null, null, null)))
                .containsExactly(0.5, 0.125, 0.5, 0.75, 1.0);
    }

    @Test
    void columnsThatRankNobodyArePassedOver() {
        assertThat(rates(column(UP, 1.0, 2.0, 3.0, 4.0, 5.0), column(UP, null, 1.0, null, null, null)))
                .containsExactly(0.0, 0.25, 0.5, 0.75, 1.0);
        assertThat(rates(column(UP, 1.0, 2.0, 3.0, 4.0, 5.0), column(Optional.empty(), 3.0, 1.0, 2.0, 5.0, 4.0)))
                .containsExactly(0.0, 0.25, 0.5, 0.75, 1.0);
        assertThat(rates(column(UP, 1.0, null, null, null, null))).containsOnlyNulls();
    }
}
