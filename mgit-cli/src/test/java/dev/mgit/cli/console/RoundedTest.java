package dev.mgit.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RoundedTest {
    @Test
    void numbersAreAsFormatsWriteThem() {
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            double value = (random.nextInt(2_000_000) - 1_000_000) / Math.pow(10, random.nextInt(6)) + 1e-7;
            int decimals = random.nextInt(4);
            assertThat(Rounded.of(value, decimals)).isEqualTo(String.format(Locale.ROOT, "%." + decimals + "f", value));
        }
    }

    @Test
    void aHalfIsRoundedUp() {
        assertThat(Rounded.of(0.125, 2)).isEqualTo("0.13");
        assertThat(Rounded.of(-0.125, 2)).isEqualTo("-0.13");
        assertThat(Rounded.of(9.5, 0)).isEqualTo("10");
        assertThat(Rounded.of(0, 2)).isEqualTo("0.00");
        assertThat(Rounded.of(0.004, 3)).isEqualTo("0.004");
    }

    @Test
    void whatNoIntegerHoldsIsWrittenAllTheSame() {
        assertThat(Rounded.of(Double.NaN, 1)).isEqualTo("NaN");
        assertThat(Rounded.of(Double.POSITIVE_INFINITY, 1)).isEqualTo("Infinity");
        assertThat(Rounded.of(1e30, 0)).isEqualTo("1000000000000000000000000000000");
    }
}
