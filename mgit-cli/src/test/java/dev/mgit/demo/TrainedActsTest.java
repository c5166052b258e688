package dev.mgit.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Main;
import dev.mgit.cli.console.CommandRunner;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo's acts about training, as {@code mgit demo} plays them: real training on real scans, real processes. */
@Tag("slow")
class TrainedActsTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    @Test
    void theGateHoldsTheBadChildBackAndItsRemedyFreesWhatIsBelow() throws Exception {
        Terminal terminal = new Terminal(
                Terminal.writer(shown), Terminal.writer(shown), false, false, 200, folder, System.getenv());
        CommandRunner runner = (directory, arguments) -> Main.run(terminal.in(directory), arguments);
        Stage stage = new Stage(new Context(terminal).output(), runner, folder, terminal.environment());
        stage.mgit("init");
        new TrainedFamilyAct().play(stage);
        new BetterBase().play(stage);
        stage.mgit("rerun", "digits/rotated", "--check");
        terminal.out().flush();

        assertThat(text().split("\\(exit code 4\\)", -1)).hasSize(2);
        assertThat(text()).containsPattern("digits/small +[0-9a-f]+ +[0-9a-f]+ +failed +.*worse than the parent's");
        assertThat(text()).containsPattern("digits/small-int8 +[0-9a-f]+ +- +skipped");
        assertThat(text())
                .as("the plan, then the report with values before and after")
                .containsPattern("[0-9]+ commands to run")
                .containsPattern("digits/rotated +[0-9a-f]{10} +0\\.[0-9]+ \\([+-]0\\.[0-9]+( worse)?\\)")
                .containsPattern("[0-9]+ of [0-9]+ values no worse than before");
        try (Repository repository = Repository.open(folder)) {
            Lineage lineage = repository.lineage();
            assertThat(lineage.models()).hasSize(8);
            for (String model : new String[] {"base", "rotated", "noisy", "torn", "small", "small-int8", "sparse"}) {
                assertThat(versions(lineage, "digits/" + model)).as(model).isEqualTo(2);
            }
            assertThat(origin(lineage, "digits/small-int8")).isEqualTo(head(lineage, "digits/small"));
            assertThat(origin(lineage, "digits/merged")).isEqualTo(head(lineage, "digits/rotated"));
            assertThat(origin(lineage, "digits/rotated")).isEqualTo(head(lineage, "digits/base"));
        }
    }

    private String text() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    private static VersionId head(Lineage lineage, String model) {
        return lineage.model(model).orElseThrow().head();
    }

    private static VersionId origin(Lineage lineage, String model) {
        return lineage.version(head(lineage, model)).origins().stream()
                .map(ProvenanceEdge::parent)
                .findFirst()
                .orElseThrow();
    }

    private static int versions(Lineage lineage, String model) {
        int count = 0;
        for (Optional<VersionId> at = Optional.of(head(lineage, model)); at.isPresent(); count++) {
            at = at.map(lineage::version).flatMap(Version::previous);
        }
        return count;
    }
}
