package dev.mgit.serve.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing that is put into a page as text becomes anything else. */
class HtmlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "\"onmouseover=alert(1) x='",
                "'><img src=x onerror=alert(1)>",
                "</title><b>",
                "]]>--><!--",
                "&lt;script&gt;",
            })
    void markupIsText(String hostile) {
        String html = new Html()
                .leaf("p", hostile, "title", hostile)
                .link(hostile, hostile)
                .toString();
        String inside = html.replaceAll("<p title=\"[^\"<>]*\">[^<>]*</p><a href=\"[^\"<>]*\">[^<>]*</a>", "");
        assertThat(inside).isEmpty();
        assertThat(html).doesNotContain("'");
    }

    @Test
    void whatIsHiddenIsWrittenOut() {
        String html =
                new Html().leaf("p", "a\u202eb\u001b[31mc\u200bd\ne\u0000").toString();
        assertThat(html).isEqualTo("<p>a\\u202eb\\x1b[31mc\\u200bd\\ne\\x00</p>");
    }

    @Test
    void aTagLeftOpenIsAMistakeOfTheProgram() {
        assertThatThrownBy(() -> new Html().open("div").toString()).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-9, 1e-4, 9.9e-4, 1e-2, 0.1, 1, 1000, Double.POSITIVE_INFINITY, Double.NaN})
    void everyChangeHasAColor(double relative) {
        assertThat(HeatMap.step(relative)).isBetween(1, 8);
    }

    @Test
    void colorsOfLayersGrowWithTheChange() {
        assertThat(HeatMap.step(0)).isZero();
        assertThat(HeatMap.step(1e-5)).isEqualTo(1);
        assertThat(HeatMap.step(2e-4)).isEqualTo(1);
        assertThat(HeatMap.step(5e-4)).isEqualTo(2);
        assertThat(HeatMap.step(0.02)).isEqualTo(5);
        assertThat(HeatMap.step(2)).isEqualTo(8);
    }
}
