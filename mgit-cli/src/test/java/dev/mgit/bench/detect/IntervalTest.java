package dev.mgit.bench.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Values from Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I. */
class IntervalTest {
    @Test
    void isWilsonsWithoutCorrection() {
        assertInterval(Interval.of(81, 263), 0.2553, 0.3662);
        assertInterval(Interval.of(15, 148), 0.0624, 0.1605);
        assertInterval(Interval.of(0, 20), 0, 0.1611);
        assertInterval(Interval.of(1, 29), 0.0061, 0.1718);
    }

    private static void assertInterval(Interval interval, double low, double high) {
        assertThat(interval.low()).isCloseTo(low, within(5e-5));
        assertThat(interval.high()).isCloseTo(high, within(5e-5));
    }

    @Test
    void nothingCountedSaysNothing() {
        assertInterval(Interval.of(0, 0), 0, 1);
    }
}
