package dev.mgit.lineage.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisibleTextTest {
    @Test
    void whatIsVisibleStaysAsItIs() {
        for (String text : new String[] {"", "layer.0.weight", "modèle-重み 🙂 ❤\ufe0f", "e\u0301", "שלום", "a\\x1b"}) {
            assertThat(VisibleText.of(text)).isEqualTo(text);
        }
    }

    @Test
    void whatSteersATerminalOrHidesIsWrittenOut() {
        assertThat(VisibleText.of("a\u001b[31m\n\r\t\u007f\u009b")).isEqualTo("a\\x1b[31m\\n\\r\\t\\x7f\\x9b");
        assertThat(VisibleText.of("\u202efdp\u2066\u200b\ufeff\u00ad\u2028"))
                .isEqualTo("\\u202efdp\\u2066\\u200b\\ufeff\\xad\\u2028");
        assertThat(VisibleText.of("\u3164\ud800x" + Character.toString(0xe0041) + "\ufdd0"))
                .isEqualTo("\\u3164\\ud800x\\U000e0041\\ufdd0");
    }

    @Test
    void nothingHiddenIsLeftOfAnyCharacterAndASecondTimeChangesNothing() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            String shown = VisibleText.of("x" + Character.toString(c));
            assertThat(shown.codePoints().noneMatch(VisibleText::isHidden)).isTrue();
            assertThat(VisibleText.of(shown)).isEqualTo(shown);
        }
    }

    @ParameterizedTest
    @CsvSource({"abc,3", "重み,4", "e\u0301,1", "ｆｕｌｌ,8", "🙂,2", "👍🏽,2", "❤\ufe0f,2", "ﾊﾝ,2", "한글,4", "é,1", "\uac01,2"
    })
    void widthIsThatOfATerminal(String text, int columns) {
        assertThat(TextWidth.of(text)).isEqualTo(columns);
    }
}
