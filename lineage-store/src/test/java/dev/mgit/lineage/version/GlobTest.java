package dev.mgit.lineage.version;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one pattern language of models, tensors and files. */
class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "a*c?e, abbcde, true",
        "*.weight, a.b.weight, true",
        "*.weight, a.weight2, false",
        "team/*, team/a, true",
        "team/*, team/a/b, true",
        "team/*, team, false",
        "*, team/a, true",
        "**, team/a, true",
        "team/?, team/a, true",
        "?, '', false",
        "'', '', true",
        "**, '', true",
        "a[1], a[1], true",
        "a[1], a1, false",
        "a.c, abc, false",
        "Base, base, false",
    })
    void aNameFitsAsAWhole(String pattern, String name, boolean fits) {
        assertThat(new Glob(pattern).test(name)).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "config.json, onnx/config.json, true",
        "c?nfig.*, onnx/config.json, true",
        "*.json, a/b/c.json, true",
        "onnx/*, onnx/model.onnx, true",
        "onnx/*, other/onnx/model.onnx, false",
        "config.json, config.json.bak, false",
    })
    void aPatternWithoutASlashFitsAFileInAnyFolder(String pattern, String path, boolean fits) {
        assertThat(new Glob(pattern).testPath(path)).isEqualTo(fits);
    }

    @Test
    void anyOfSeveralWillDo() {
        assertThat(Glob.any(List.of("a", "b*"), "bc")).isTrue();
        assertThat(Glob.any(List.of("a", "b*"), "c")).isFalse();
        assertThat(Glob.any(List.of(), "c")).isFalse();
    }

    @Test
    void itAgreesWithTheRegularExpressionThatSaysTheSame() {
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            String pattern = word(random, "ab/*?*", 7);
            String name = word(random, "ab/", 9);
            String regex = pattern.chars()
                    .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
                    .collect(Collectors.joining());
            assertThat(new Glob(pattern).test(name))
                    .as("'%s' over '%s'", pattern, name)
                    .isEqualTo(name.matches(regex));
        }
    }

    private static String word(Random random, String letters, int longest) {
        return random.ints(random.nextInt(longest), 0, letters.length())
                .mapToObj(at -> letters.substring(at, at + 1))
                .collect(Collectors.joining());
    }

    @Test
    void noPatternTakesForever() {
        assertThat(new Glob("a".repeat(3) + "*a*a*a*a*b").test("a".repeat(5000)))
                .isFalse();
    }
}
