package dev.mgit.lineage.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafePathTest {
    private static final Path FOLDER = Path.of("/somewhere/model");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "a//b",
                "a/",
                ".",
                "..",
                "../x",
                "a/../../x",
                "a/./b",
                "...",
                ".. /x",
                "a/. ./x",
                " ",
                "a\\b",
                "..\\x",
                "a\0b",
                "a\nb",
                "a\u001b[31mb",
                "a\u007fb",
                "a\u009bb",
                "a\ud800b",
                "C:/x",
                "c:x",
                ":x",
                "config.json::$DATA",
                "a/b:stream:$DATA",
            })
    void namesThatLeadElsewhereOrAreNoneEverywhere(String path) {
        refused(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X",
                "X/config",
                "a/X/hooks/x",
                "X./hooks/x",
                "X /x",
                "X. . ./x",
                "X:x",
                "X::$INDEX_ALLOCATION/x",
                "X.:a/x",
                "\u200cX/x",
                "X\u200d/x",
                "\ufeffX/x",
                "\u200bX\u2060/x",
                "X\u200c. /x",
            })
    void aRepositorysOwnFolderUnderWhateverName(String pattern) {
        for (String name :
                new String[] {".git", ".GIT", ".gIt", ".mgit", ".MGit", "git~1", "GIT~1", "mgit~1", "MGIT~1"}) {
            refused(pattern.replace("X", name));
        }
        refused(pattern.replace("X", ".g\u200cit"));
        refused(pattern.replace("X", ".m\u202egi\u206ft"));
    }

    private static void refused(String path) {
        assertThat(SafePath.refusal(path, false)).as(path).isPresent();
        assertThatThrownBy(() -> SafePath.in(FOLDER, path))
                .isInstanceOfSatisfying(
                        MgitException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(MgitException.Kind.INTEGRITY))
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContainPattern("[\\p{Cc}\\p{Cf}]"));
        assertThatThrownBy(() -> SafePath.requireStorable(path))
                .isInstanceOfSatisfying(MgitException.class, refusal -> {
                    assertThat(refusal.kind()).isEqualTo(MgitException.Kind.FAILED);
                    assertThat(refusal.hint()).contains(".mgitignore");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "a/b/c.safetensors",
                ".gitignore",
                ".gitattributes",
                ".gitmodules/x",
                ".mgitignore",
                "git",
                "a.git/x",
                ".github/x",
                ".git1",
                "git~2",
                "git~10",
                "mgit~",
                ".g it",
                "..a",
                "a..",
                "a.",
                "run 1 /x",
                "2026-10-01T12:00:00/x",
                "sha256:00ff",
                "con",
                "aux.json",
                "nul/x",
                "модель/веса.bin",
                "\u4e2d\u6587",
                "\ud83e\udd17.txt",
            })
    void otherNamesAreFilesLikeAnyOther(String path) {
        assertThat(SafePath.refusal(path, false)).isEmpty();
        assertThat(SafePath.in(FOLDER, path)).isEqualTo(FOLDER.resolve(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"con", "a/NUL", "aux.json", "com1 .txt", "lpt9:x", "a.", "run 1 /x", "a?b", "x<y", "a|b", "t:x"})
    void onWindowsAlsoWhatWindowsReserves(String path) {
        assertThat(SafePath.refusal(path, true)).as(path).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"console", "a/null.json", "com10", "lpt.txt", "auxiliary", "a b.txt"})
    void onWindowsNotWhatOnlyLooksLikeIt(String path) {
        assertThat(SafePath.refusal(path, true)).as(path).isEmpty();
    }
}
