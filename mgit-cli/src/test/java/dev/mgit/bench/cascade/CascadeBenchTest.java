package dev.mgit.bench.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small piece of each graph, really trained and really updated; the full ones are {@code mgit bench cascade}. */
@Tag("slow")
class CascadeBenchTest {
    @TempDir
    private Path folder;

    @Test
    void everyShapeIsBuiltUpdatedAndComparedCellByCell() throws Exception {
        Cli.Ran ran = Cli.run(folder, "bench", "cascade", "--quick", "--keep", "kept", "--json");
        assertThat(ran.exit()).as("%s", ran).isZero();
        List<JsonObject> graphs = ran.json().objects("graphs");
        assertThat(graphs)
                .extracting(graph -> graph.string("graph") + " " + graph.number("cells"))
                .containsExactly("g2 20", "g3 20", "g4 10", "g5 20");
        assertThat(graphs)
                .extracting(graph -> graph.has("paper")
                        ? graph.object("paper").number("no_worse") + " of "
                                + graph.object("paper").number("cells")
                        : "-")
                .containsExactly("78 of 90", "-", "-", "58 of 90");
        assertThat(graphs).allSatisfy(graph -> {
            assertThat(graph.number("stored_bytes")).isPositive();
            assertThat(graph.number("no_worse")).isBetween(graph.number("better"), graph.number("cells"));
        });
        madeFromTheNewest("g2", "even", "base");
        madeFromTheNewest("g3", "round-02/model", "round-02/worker-15");
        madeFromTheNewest("g3", "round-02/worker-15", "round-01/model");
        madeFromTheNewest("g4", "deep/tuned-50", "deep/pruned-50");
        madeFromTheNewest("g5", "large", "base");
        trainedTogetherAgain(graphs.get(3));
    }

    /** One recipe makes all models of the group, so they still share every hidden layer, and those are newly trained. */
    private void trainedTogetherAgain(JsonObject g5) throws Exception {
        assertThat(g5.objects("models")).hasSize(2);
        assertThat(g5.number("recipes")).isEqualTo(1);
        try (Repository repository = Repository.open(folder.resolve("kept").resolve("g5"))) {
            Lineage lineage = repository.lineage();
            VersionId even = lineage.resolve("even");
            assertThat(lineage.extra(even, Recipe.FILE).orElseThrow())
                    .isEqualTo(
                            lineage.extra(lineage.resolve("large"), Recipe.FILE).orElseThrow());
            assertThat(hidden(lineage, "even")).isNotEmpty().isEqualTo(hidden(lineage, "large"));
            assertThat(hidden(lineage, "even~1")).isEqualTo(hidden(lineage, "large~1"));
            assertThat(hidden(lineage, "even").get("hidden.0.weight"))
                    .isNotEqualTo(hidden(lineage, "even~1").get("hidden.0.weight"))
                    .isNotEqualTo(hidden(lineage, "base").get("hidden.0.weight"));
        }
    }

    /** The stored objects of a version's hidden layers, by the tensors' names. */
    private static Map<String, ObjectId> hidden(Lineage lineage, String revision) {
        Map<String, ObjectId> objects = new TreeMap<>();
        lineage.manifest(lineage.resolve(revision), "model.safetensors").entries().stream()
                .filter(entry -> entry.tensor().isPresent()
                        && entry.tensor().get().name().startsWith("hidden"))
                .forEach(entry -> objects.put(entry.tensor().get().name(), entry.object()));
        return objects;
    }

    @Test
    void theTableSetsThePapersCountsBesideOurs() {
        Cli.Ran ran = Cli.run(folder, "bench", "cascade", "--quick", "--shape", "g5");
        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.out())
                .contains("below the better base, 1 recipes and their tests")
                .containsPattern("(?m)^g5 +20 +[0-9]+ +[0-9]+ +58 \\(53\\) of 90 ");
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
        assertThat(versions(new PrunedArchitectures(Scale.FULL))).isEqualTo(21);
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
