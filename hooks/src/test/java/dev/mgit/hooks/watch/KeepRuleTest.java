package dev.mgit.hooks.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepRuleTest {
    private static final double[] F1 = {0.5, 0.9, Double.NaN, 0.7, 0.9, 0.1};

    /** Steps 500 to 3000, with a metric each. */
    private static final List<KeepRule.Candidate> FOLDERS = IntStream.range(0, F1.length)
            .mapToObj(i -> new KeepRule.Candidate(
                    Path.of("" + (i + 1) * 500),
                    (i + 1) * 500L,
                    new TrainerState(Optional.empty(), Map.of("eval_f1", F1[i]), Optional.empty())))
            .toList();

    private static List<Integer> kept(String rule, Optional<String> metric) {
        return KeepRule.parse(rule, metric).keeps(FOLDERS).stream()
                .map(path -> Integer.parseInt(path.toString()))
                .sorted()
                .toList();
    }

    @Test
    void aFolderStaysThatAnyPartKeepsAndTheNewestAlways() {
        assertThat(kept("last:2", Optional.empty())).containsExactly(2500, 3000);
        assertThat(kept("every:1000", Optional.empty())).containsExactly(1000, 2000, 3000);
        assertThat(kept("best:1", Optional.of("f1:lower"))).containsExactly(3000);
        assertThat(kept("best:3,last:1,every:1500", Optional.of("f1:higher")))
                .containsExactly(1000, 1500, 2000, 2500, 3000);
    }

    @Test
    void ofEqualsTheNewerIsBetterAndWhatIsNoNumberIsNeverBest() {
        assertThat(kept("best:1", Optional.of("f1:higher"))).containsExactly(2500, 3000);
        assertThat(kept("best:6", Optional.of("f1:higher"))).doesNotContain(1500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "best", "last:0", "last:-1", "last:1,last:2", "newest:3", "every:1.5", "last:1,,every:2"})
    void whatCannotBeReadIsRefused(String rule) {
        assertThatThrownBy(() -> KeepRule.parse(rule, Optional.empty()))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("--keep");
    }

    @Test
    void bestAndTheMetricGoTogether() {
        assertThatThrownBy(() -> KeepRule.parse("best:1", Optional.empty())).hasMessageContaining("needs a metric");
        assertThatThrownBy(() -> KeepRule.parse("last:1", Optional.of("f1:higher")))
                .hasMessageContaining("best:N");
        assertThatThrownBy(() -> KeepRule.parse("best:1", Optional.of("f1:higher:min=0.5")))
                .hasMessageContaining("no limits");
    }
}
