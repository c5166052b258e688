package dev.mgit.serve.hub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepoIdTest {
    @ParameterizedTest
    @CsvSource({
        "bert, bert",
        "team/bert-base_v1.5, team/bert-base_v1.5",
        "net_x64, net_x64",
        "a/b/c, a/b_x2Fc",
        "a--b, a-_x2Db",
        "a+b, a_x2Bb",
        "größe, gr_xC3_xB6_xC3_x9Fe",
        "x.git, x_x2Egit",
        "a-, a_x2D",
        ".a, _x2Ea",
        "a/b/net_x64, a/b_x2Fnet_x5Fx64",
        "😀, _xF0_x9F_x98_x80",
    })
    void aNameHasAnIdThatClientsAcceptAndLeadsBackToIt(String name, String id) {
        assertThat(RepoId.of(name)).isEqualTo(id);
        assertThat(id).matches("([\\w.-]{1,96}/)?[\\w.-]{1,96}").doesNotContain("--", "..");
        if (!id.equals(name)) {
            assertThat(RepoId.unescaped(id)).contains(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_x41", "a_xFF", "net_x64", "a_x2Fb", "_xC3"})
    void whatNoNameIsWrittenAsStandsForNone(String id) {
        assertThat(RepoId.unescaped(id)).isEmpty();
    }

    @Test
    void differentNamesHaveDifferentIds() {
        assertThat(RepoId.of("a/b/c")).isNotEqualTo(RepoId.of("a/b_x2Fc/d")).isNotEqualTo(RepoId.of("a/b//c"));
    }
}
