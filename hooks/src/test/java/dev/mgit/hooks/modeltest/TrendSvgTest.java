package dev.mgit.hooks.modeltest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.modeltest.MetricTrend.Point;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrendSvgTest {
    private static MetricTrend trend(String rule, Optional<Double> baseline, double... values) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            points.add(new Point(new VersionId(String.valueOf(i + 1).repeat(40)), values[i], i == 1));
        }
        var test = new TestDefinition(
                "quiz",
                new Selector("all"),
                Event.MANUAL,
                List.of(MetricRule.parse(rule)),
                Limits.NONE,
                List.of(),
                true,
                List.of("true"));
        return new MetricTrend("m&m", new Report.Column(test, test.metrics().get(0)), points, baseline);
    }

    @Test
    void theLineGoesFromTheFirstVersionToTheLastAndUpIsMore() {
        String svg = TrendSvg.draw(trend("f1:higher", Optional.empty(), 0.5, 0.25, 1));
        assertThat(svg).contains("points=\"5.0,22.3 90.0,31.0 175.0,5.0\"");
        assertThat(svg).containsOnlyOnce("class=\"failed\"").doesNotContain("baseline");
        assertThat(svg).contains("quiz f1 of m&amp;m");
    }

    @Test
    void wordsSayWhatTheLineShows() {
        assertThat(TrendSvg.words(trend("f1:higher", Optional.of(0.75), 0.5, 1, 0.9)))
                .isEqualTo("0.5 → 0.9, best 1 at 2222222222, baseline 0.75");
        assertThat(TrendSvg.words(trend("loss:lower", Optional.empty(), 3, 2, 2)))
                .isEqualTo("3 → 2, best 2 at 3333333333");
    }

    @Test
    void aBaselineIsDrawnWithinThePictureAndEqualValuesInItsMiddle() {
        assertThat(TrendSvg.draw(trend("f1:higher", Optional.of(2.0), 0, 1)))
                .contains("class=\"baseline\" x1=\"0\" x2=\"180\" y1=\"5.0\"")
                .contains("points=\"5.0,31.0 175.0,18.0\"");
        assertThat(TrendSvg.draw(trend("f1:higher", Optional.empty(), 1, 1)))
                .contains("points=\"5.0,18.0 175.0,18.0\"");
    }
}
