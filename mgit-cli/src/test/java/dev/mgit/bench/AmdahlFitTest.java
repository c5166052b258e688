package dev.mgit.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AmdahlFitTest {
    @Test
    void findsTheSecondsThatMoreCoresDoNotShorten() {
        AmdahlFit fit = AmdahlFit.of(new TreeMap<>(Map.of(1, 10.0, 2, 5.5, 4, 3.25, 16, 1.5625)));
        assertThat(fit.alone()).isCloseTo(1, within(1e-9));
        assertThat(fit.shared()).isCloseTo(9, within(1e-9));
        assertThat(fit.serialFraction()).isCloseTo(0.1, within(1e-9));
        assertThat(fit.seconds(8)).isCloseTo(2.125, within(1e-9));
    }

    @Test
    void goesThroughTwoMeasurementsExactly() {
        AmdahlFit fit = AmdahlFit.of(new TreeMap<>(Map.of(1, 12.0, 2, 7.0)));
        assertThat(fit.alone()).isCloseTo(2, within(1e-9));
        assertThat(fit.seconds(1)).isCloseTo(12, within(1e-9));
    }

    @Test
    void takesOneMeasurementForNone() {
        assertThatThrownBy(() -> AmdahlFit.of(new TreeMap<>(Map.of(1, 12.0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void processorsAreCountedFromRanges() {
        assertThat(MachineCard.processors("0-3,8")).isEqualTo(List.of(0, 1, 2, 3, 8));
    }
}
