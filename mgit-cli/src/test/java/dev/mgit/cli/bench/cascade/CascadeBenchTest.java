package dev.mgit.cli.bench.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small piece of each graph, really trained and really updated; the full ones are {@code mgit bench cascade}. */
class CascadeBenchTest {
    @TempDir
    private Path folder;

    @Test
    void everyShapeIsBuiltUpdatedAndComparedCellByCell() throws Exception {
        Cli.Ran ran = Cli.run(folder, "bench", "cascade", "--quick", "--keep", "kept");
        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.out())
                .containsPattern("(?m)^g2 +20 +[0-9]+ +[0-9]+ +78 of 90 ")
                .containsPattern("(?m)^g3 +20 ")
                .containsPattern("(?m)^g4 +10 ")
                .containsPattern("(?m)^g5 +20 +[0-9]+ +[0-9]+ +58 of 90 ");
        madeFromTheNewest("g2", "even", "base");
        madeFromTheNewest("g3", "round-02/model", "round-02/worker-15");
        madeFromTheNewest("g3", "round-02/worker-15", "round-01/model");
        madeFromTheNewest("g4", "deep/tuned-50", "deep/pruned-50");
        madeFromTheNewest("g5", "large", "base");
    }

    private void madeFromTheNewest(String shape, String model, String parent) throws Exception {
        try (Repository repository = Repository.open(folder.resolve("kept").resolve(shape))) {
            Lineage lineage = repository.lineage();
            Version version = lineage.version(lineage.resolve(model));
            assertThat(version.previous()).as(model).isPresent();
            assertThat(version.origins())
                    .as(model)
                    .extracting(ProvenanceEdge::parent)
                    .contains(lineage.resolve(parent));
        }
    }

    @Test
    void aTieIsNoWorseButNotBetter() {
        var before = new Accuracies(List.of("a", "b"), List.of(List.of(0.5, 0.6), List.of(0.7, 0.8)));
        var after = new Accuracies(List.of("a", "b"), List.of(List.of(0.5, 0.7), List.of(0.6, 0.9)));
        assertThat(after.cells()).isEqualTo(4);
        assertThat(after.noWorse(before)).isEqualTo(3);
        assertThat(after.better(before)).isEqualTo(2);
        assertThat(after.mean()).isCloseTo(0.675, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(after.meanChanged()).isCloseTo(0.8, org.assertj.core.data.Offset.offset(1e-12));
        assertThat(after.meanOf(0)).isCloseTo(0.6, org.assertj.core.data.Offset.offset(1e-12));
    }

    /** Counts from the paper's code: see docs/cascade.md for where these graphs differ. */
    @Test
    void theFullGraphsHaveThePapersShapes() {
        assertThat(versions(new ManyTasks(Scale.FULL))).isEqualTo(91);
        assertThat(versions(new Federation(Scale.FULL))).isEqualTo(61);
        assertThat(versions(new Pruning(Scale.FULL))).isEqualTo(21);
        assertThat(versions(new SharedLayers(Scale.FULL))).isEqualTo(10);
        assertThat(new SharedLayers(Scale.FULL).waves().get(0)).hasSize(1);
    }

    private static int versions(Shape shape) {
        return shape.roots().size()
                + shape.waves().stream()
                        .flatMap(List::stream)
                        .mapToInt(training -> training.models().size())
                        .sum();
    }
}
