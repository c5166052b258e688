package dev.mgit.hooks.licence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LicenceExpressionTest {
    @ParameterizedTest
    @CsvSource({
        "mit, MIT",
        "MIT OR Apache-2.0 AND BSD-3-Clause, MIT OR Apache-2.0 AND BSD-3-Clause",
        "(mit or apache-2.0) and bsd-3-clause, (MIT OR Apache-2.0) AND BSD-3-Clause",
        "((mit)), MIT",
        "GPL-2.0-or-later WITH Classpath-exception-2.0, GPL-2.0-or-later WITH Classpath-exception-2.0",
        "gpl-2.0+, GPL-2.0-only+",
        "openrail++, openrail++",
        "LicenseRef-ours OR DocumentRef-x:LicenseRef-y, LicenseRef-ours OR DocumentRef-x:LicenseRef-y"
    })
    void readsExpressionsAndWritesThemWithSpdxIdentifiers(String text, String written) {
        LicenceExpression read = LicenceExpression.parse(text);
        assertThat(read.text()).isEqualTo(written);
        assertThat(LicenceExpression.parse(written))
                .hasToString(LicenceExpression.parse(read.text()).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "MIT AND",
                "AND MIT",
                "MIT Apache-2.0",
                "(MIT",
                "MIT)",
                "MIT WITH",
                "mit, x",
                "MIT And X",
                "MIT WITH (X)",
                "a:b"
            })
    void whatIsNoExpressionIsRefusedInOneSentence(String text) {
        assertThatThrownBy(() -> LicenceExpression.parse(text)).isInstanceOfSatisfying(MgitException.class, e -> {
            assertThat(e.kind()).isEqualTo(MgitException.Kind.USAGE);
            assertThat(e.getMessage()).contains("is not a licence expression").doesNotContain("\n");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "mit, true",
        "Apache 2.0, false",
        "apache-2.0 OR gpl-3.0, false",
        "apache-2.0 OR MIT, true",
        "mit AND apache-2.0, false",
        "mit AND gpl-2.0, true",
        "(mit OR apache-2.0) AND gpl-2.0, true",
        "gpl-2.0+, true",
        "GPL-2.0-or-later, true",
        "gpl-3.0+, false",
        "GPL-2.0-only WITH Classpath-exception-2.0, true",
        "apache-2.0 WITH LLVM-exception, false",
        "our own terms, false"
    })
    void whatCanBeUsedUnderSomeLicencesAlone(String text, boolean satisfied) {
        List<LicenceExpression> allowed = List.of(LicenceExpression.read("MIT"), LicenceExpression.read("gpl-2.0"));
        assertThat(LicenceExpression.read(text).isSatisfiedBy(allowed)).isEqualTo(satisfied);
    }

    @Test
    void hostileTextEndsSoon() {
        assertThatThrownBy(() -> LicenceExpression.parse("(".repeat(3000))).isInstanceOf(MgitException.class);
        assertThatThrownBy(() -> LicenceExpression.parse("a".repeat(1 << 20))).isInstanceOf(MgitException.class);
        assertThat(LicenceExpression.read("See our terms; no redistribution").isKnown())
                .isFalse();
    }

    @Test
    void aChoiceAsksOnlyWhatEachAsks() {
        assertThat(LicenceExpression.parse("cc-by-nc-4.0 OR mit").obligations())
                .containsExactly(Obligation.ATTRIBUTION);
        assertThat(LicenceExpression.parse("cc-by-nc-sa-4.0 AND llama3").obligations())
                .containsExactlyInAnyOrder(
                        Obligation.ATTRIBUTION,
                        Obligation.SHARE_ALIKE,
                        Obligation.NON_COMMERCIAL,
                        Obligation.USE_RESTRICTIONS);
        assertThat(LicenceExpression.read("MIT License").obligations()).containsExactly(Obligation.ATTRIBUTION);
        assertThat(LicenceExpression.parse("cc-by-nd-4.0").obligations())
                .containsExactlyInAnyOrder(Obligation.ATTRIBUTION, Obligation.NO_DERIVATIVES);
        assertThat(LicenceExpression.parse("cc0-1.0").obligations()).isEmpty();
    }

    @Test
    void licencesTheHubKnowsAreKnown() {
        List<String> ids = Arrays.asList(
                "cc-by-nc-4.0", "llama3", "llama3.1", "gemma", "openrail", "apache-2.0", "mit", "cc-by-sa-4.0");
        assertThat(ids).allSatisfy(id -> assertThat(KnownLicences.of(id)).isPresent());
        assertThat(KnownLicences.of("CC-BY-NC-4.0")).isEqualTo(KnownLicences.of("cc-by-nc-4.0"));
        assertThat(KnownLicences.of("unheard-of")).isEmpty();
        assertThat(LicenceExpression.parse("cc-by-4.0 AND x").names("CC-BY-4.0"))
                .isTrue();
    }
}
