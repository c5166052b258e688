package dev.mgit.lineage.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ModelCardSectionsTest {
    private static final Pattern LIMITS = Pattern.compile("(?i)limitations");

    private static ModelCard card(String text) {
        return ModelCard.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSectionEndsAtTheNextHeadingOfItsLevel() {
        assertThat(
                        card("---\nlicense: mit\n---\n# A\n\n## Uses & limitations ##\n\nFirst.\r\n\n### Deeper\nSecond.\n## Next\nno\n")
                                .section(LIMITS))
                .contains("First.\n\n### Deeper\nSecond.");
    }

    @Test
    void codeAndFrontMatterAreNoHeadings() {
        assertThat(card("---\n# limitations\n---\n```\n# limitations\n```\n").section(LIMITS))
                .isEmpty();
        assertThat(card("# limitations\n```\n# still here\n```\n").section(LIMITS))
                .contains("```\n# still here\n```");
        assertThat(card("# limitations\n\n# Next\n").section(LIMITS)).isEmpty();
        assertThat(card("").section(LIMITS)).isEmpty();
    }
}
