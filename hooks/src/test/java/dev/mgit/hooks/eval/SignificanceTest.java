package dev.mgit.hooks.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The tests of paired differences. */
class SignificanceTest {
    @Test
    void theSignTestIsExact() {
        assertThat(SignTest.p(0, 0)).isEqualTo(1);
        assertThat(SignTest.p(5, 5)).isEqualTo(1);
        assertThat(SignTest.p(0, 5)).isCloseTo(2 / 32.0, within(1e-12));
        assertThat(SignTest.p(0, 6)).isCloseTo(2 / 64.0, within(1e-12));
        assertThat(SignTest.p(2, 8)).isCloseTo(2 * (1 + 10 + 45) / 1024.0, within(1e-12));
        assertThat(SignTest.p(8, 2)).isEqualTo(SignTest.p(2, 8));
        assertThat(SignTest.p(40_000, 60_000)).isBetween(0.0, 1e-300);
    }

    @Test
    void theBootstrapIsTheSameForTheSameSeed() {
        double[] worse = new double[200];
        Arrays.fill(worse, 0, 40, -1);
        Arrays.fill(worse, 40, 50, 1);

        Bootstrap drawn = Bootstrap.of(worse, 7);

        assertThat(drawn).isEqualTo(Bootstrap.of(worse, 7));
        assertThat(drawn.p()).isLessThan(0.001);
        assertThat(drawn.low()).isLessThan(-0.15);
        assertThat(drawn.high()).isGreaterThan(-0.15).isLessThan(0);
        assertThat(Bootstrap.of(new double[] {1, -1}, 0).p()).isEqualTo(1);
    }
}
