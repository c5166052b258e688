package dev.mgit.hooks.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes with real commands (sh, a Java source file, Git), made models. */
class RecipeRunnerTest {
    @TempDir
    Path temp;

    private Path root;
    private FolderWorkspace workspace;
    private RecipeRunner runner;

    @BeforeEach
    void create() {
        root = temp.resolve("repo");
        workspace = FolderWorkspace.create(root);
        runner = new RecipeRunner(workspace, new LocalExecutor());
        workspace.commit("base", "base\n");
    }

    private RunRequest request(Map<String, Path> inputs, boolean shell, String... command) {
        return new RunRequest(
                List.of("child"),
                List.of(new Recipe.Parent("base", workspace.head("base"), EdgeKind.DISTILL)),
                "a message",
                inputs,
                Map.of("STEPS", "3"),
                Optional.of(17L),
                Limits.NONE,
                root,
                shell,
                List.of(command));
    }

    private VersionId run(RunRequest request) {
        return runner.run(request, JobProgress.NONE).values().iterator().next();
    }

    @Test
    void aRunCommitsWhatTheCommandLeftAndRecordsHow() throws IOException {
        Path data = Files.writeString(root.resolve("data.txt"), "data\n");
        VersionId id = run(request(
                Map.of("digits", data),
                true,
                "cat {parent1}/weights {input:digits} > {output}/weights;",
                "echo $STEPS $MGIT_SEED {seed} $(cat $MGIT_INPUT_DIGITS) $MGIT_MODEL_NAME >> $MGIT_OUTPUT/weights"));

        assertThat(workspace.weights(id)).isEqualTo("base\ndata\n3 17 17 data child\n");
        Version version = workspace.lineage().version(id);
        assertThat(workspace.head("child")).isEqualTo(id);
        assertThat(version.message().strip()).isEqualTo("a message");
        assertThat(version.origins()).singleElement().satisfies(edge -> {
            assertThat(edge.parent()).isEqualTo(workspace.head("base"));
            assertThat(edge.kind()).isEqualTo(EdgeKind.DISTILL);
        });
        Recipe recipe = new Recipes(workspace).get(id);
        assertThat(recipe.inputs()).containsExactly(new Recipe.Input("digits", "data.txt", FolderTools.digest(data)));
        assertThat(recipe.directory()).isEqualTo(".");
        assertThat(recipe.environment()).containsExactly(Map.entry("STEPS", "3"));
        assertThat(recipe.circumstances().code()).isEmpty();
        assertThat(recipe.circumstances().machine()).contains(System.getProperty("os.arch"));
        assertThat(recipe.circumstances().seconds()).isPositive();
        assertThat(Recipe.fromBytes(recipe.toBytes(), "itself")).isEqualTo(recipe);
        assertThat(workspace.scratch().resolve("runs")).isEmptyDirectory();
    }

    @Test
    void theSecondRunReplacesTheFirstVersion() {
        VersionId first = run(request(Map.of(), true, "echo 1 > {output}/weights"));
        VersionId second = run(request(Map.of(), true, "echo 2 > {output}/weights"));

        assertThat(workspace.lineage().version(second).previous()).contains(first);
    }

    @Test
    void aPathGivenAsInputBecomesAPlaceholder() throws IOException {
        Path data = Files.writeString(root.resolve("data.txt"), "data\n");
        VersionId id = run(request(Map.of("digits", data), false, "cp", data.toString(), "{output}/weights"));

        assertThat(new Recipes(workspace).get(id).command())
                .containsExactly("cp", "{input:digits}", "{output}/weights");
    }

    @Test
    void aFailedRunCommitsNothingAndKeepsItsLog() {
        assertThatThrownBy(() -> run(request(Map.of(), true, "echo why >&2; exit 4")))
                .isInstanceOf(MgitException.class)
                .hasMessage("the command for child failed: exit code 4\nwhy");
        assertThat(workspace.lineage().model("child")).isEmpty();
        assertThat(FolderTools.files(workspace.scratch()))
                .anyMatch(file -> file.endsWith("stderr.log"))
                .noneMatch(file -> file.contains("parent1"));
        assertThatThrownBy(() -> run(request(Map.of(), false, "true")))
                .hasMessageContaining("wrote no file for 'child' to its output folder");
        assertThatThrownBy(() -> run(request(Map.of(), false, "cat", "{parent2}")))
                .hasMessage("'{parent2}' is not a placeholder here");
    }

    @Test
    void theStateOfTheCodeIsRecorded() throws Exception {
        for (String[] command : new String[][] {
            {"git", "init", "-q"},
            {"git", "add", "train.sh"},
            {"git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "code"}
        }) {
            Files.writeString(root.resolve("train.sh"), "cp \"$MGIT_PARENT_1/weights\" \"$MGIT_OUTPUT/weights\"\n");
            assertThat(Await.exit(
                            new ProcessBuilder(command).directory(root.toFile()).start()))
                    .isZero();
        }
        Recipe clean = new Recipes(workspace).get(run(request(Map.of(), false, "sh", "train.sh")));
        Files.writeString(root.resolve("train.sh"), "echo changed > \"$MGIT_OUTPUT/weights\"\n");
        Recipe dirty = new Recipes(workspace).get(run(request(Map.of(), false, "sh", "train.sh")));

        assertThat(clean.circumstances().code()).get().satisfies(code -> {
            assertThat(code.revision()).matches("[0-9a-f]{40}");
            assertThat(code.dirty()).isFalse();
        });
        assertThat(dirty.circumstances().code().orElseThrow().changes()).isPresent();
    }

    @Test
    void theProgramsVersionIsRecorded() throws IOException {
        Files.writeString(
                root.resolve("Train.java"),
                "import java.nio.file.*; public class Train { public static void main(String[] a) throws Exception {"
                        + " Files.copy(Path.of(a[0], \"weights\"), Path.of(a[1], \"weights\")); } }");
        VersionId id = run(request(Map.of(), false, "java", "Train.java", "{parent1}", "{output}"));

        assertThat(workspace.weights(id)).isEqualTo("base\n");
        assertThat(new Recipes(workspace).get(id).circumstances().runtime().orElseThrow())
                .startsWith("java ");
    }

    private Rerun.Report rerun(VersionId id) {
        TensorComparator lines = (expected, actual) -> List.of(new TensorComparator.Difference("t", 0.5, 0.7));
        return new Rerun(workspace, new LocalExecutor(), lines).run(id, JobProgress.NONE);
    }

    @Test
    void aRerunSaysWhetherTheSameComesOutAndWhatChanged() throws IOException {
        Path data = Files.writeString(root.resolve("data.txt"), "data\n");
        VersionId id = run(request(Map.of("d", data), false, "cp", "{input:d}", "{output}/weights"));
        Rerun.Report same = rerun(id);
        Files.writeString(data, "other\n");
        Rerun.Report other = rerun(id);

        assertThat(same.identical()).isTrue();
        assertThat(same.changes()).isEmpty();
        assertThat(other.identical()).isFalse();
        assertThat(other.changes()).containsExactly("input 'd' has changed");
        assertThat(other.files()).singleElement().satisfies(file -> {
            assertThat(file.outcome()).isEqualTo(Rerun.Outcome.DIFFERENT);
            assertThat(file.tensors())
                    .extracting(TensorComparator.Difference::maxAbs)
                    .containsExactly(0.5);
        });
        assertThat(workspace.head("child")).isEqualTo(id);
    }

    @Test
    void aRecipeFromElsewhereIsInert() throws IOException {
        VersionId id = run(request(Map.of(), true, "echo 1 > {output}/weights"));
        Files.delete(workspace.trusted());

        assertThatThrownBy(() -> rerun(id)).hasMessageContaining("has not been approved here");
        Recipes recipes = new Recipes(workspace);
        recipes.set(id, recipes.get(id));
        assertThat(rerun(id).identical()).isTrue();
    }
}
