package dev.mgit.hooks.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.lineage.sign.Trust;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Version;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgeRuleTest {
    @TempDir
    private Path folder;

    private static JsonObject json(String text) {
        return Json.parseObject(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> objections(FolderWorkspace workspace, Version version, Duration later) {
        Rule rule = Rules.read(json("{\"rule\": \"age\", \"days\": 30}"));
        assertThat(rule.bindsAtEntry()).isFalse();
        return rule.objections(
                version, new Facts(workspace, Trust.none(), version.when().plus(later)));
    }

    @Test
    void aVersionIsKeptSoManyDaysAndNoLonger() throws Exception {
        try (FolderWorkspace workspace = FolderWorkspace.create(folder.resolve("repo"))) {
            workspace.commit("base", "weights\n");
            Version version = workspace.lineage().version(workspace.head("base"));
            assertThat(objections(workspace, version, Duration.ZERO)).isEmpty();
            assertThat(objections(workspace, version, Duration.ofDays(31).minusSeconds(1)))
                    .isEmpty();
            assertThat(objections(workspace, version, Duration.ofDays(31)))
                    .containsExactly("is 31 days old, more than 30");
        }
    }

    @Test
    void whatWasMadeBeforeADayIsNotJudged() throws Exception {
        try (FolderWorkspace workspace = FolderWorkspace.create(folder.resolve("repo"))) {
            workspace.commit("base", "weights\n");
            Version version = workspace.lineage().version(workspace.head("base"));
            var facts = new Facts(workspace, Trust.none(), Instant.now());
            Rule rule = Rules.read(json("{\"rule\": \"age\", \"days\": 30}"));
            Instant made = version.when();
            assertThat(new Policy.Scoped(rule, Glob.ALL, Optional.of(made)).concerns(version, facts))
                    .isTrue();
            assertThat(new Policy.Scoped(rule, Glob.ALL, Optional.of(made.plusSeconds(1))).concerns(version, facts))
                    .isFalse();
            assertThat(new Policy.Scoped(rule, new Glob("other*"), Optional.empty()).concerns(version, facts))
                    .isFalse();
        }
    }

    @Test
    void anAgeOfNoDaysIsNone() {
        for (String days : List.of("0", "-1")) {
            assertThatThrownBy(() -> Rules.read(json("{\"rule\": \"age\", \"days\": " + days + "}")))
                    .isInstanceOf(JsonException.class)
                    .hasMessage("an age of " + days + " days");
        }
    }
}
