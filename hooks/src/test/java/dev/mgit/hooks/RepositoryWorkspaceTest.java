package dev.mgit.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.UpdateReport;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.recipe.FileTensorComparator;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.Rerun;
import dev.mgit.hooks.recipe.RunRequest;
import dev.mgit.hooks.recipe.TensorComparator;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.User;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole way over a real repository with its parameter store; made safetensors files, a real Java program. */
class RepositoryWorkspaceTest {
    /** Adds a step to every float of a safetensors file: the least training there can be. */
    private static final String TRAIN = """
            import java.nio.*;
            import java.nio.file.*;
            public class Train {
                public static void main(String[] a) throws Exception {
                    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(Path.of(a[0], "model.safetensors")))
                            .order(ByteOrder.LITTLE_ENDIAN);
                    float step = Float.parseFloat(Files.readString(Path.of(a[2])).strip());
                    for (int i = 8 + (int) file.getLong(0); i < file.capacity(); i += 4) {
                        file.putFloat(i, file.getFloat(i) + step);
                    }
                    Files.write(Path.of(a[1], "model.safetensors"), file.array());
                }
            }
            """;

    @TempDir
    Path temp;

    private static byte[] safetensors(long seed, int floats) {
        String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + floats / 64 + ",64],\"data_offsets\":[0," + 4 * floats
                + "]}}";
        header += " ".repeat((8 - header.length() % 8) % 8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length() + 4 * floats).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        var random = new Random(seed);
        for (int i = 0; i < floats; i++) {
            file.putFloat((float) random.nextGaussian());
        }
        return file.array();
    }

    private static void commit(Workspace workspace, String model, byte[] bytes, Path folder) throws Exception {
        Files.createDirectories(folder);
        Files.write(folder.resolve("model.safetensors"), bytes);
        VersionId head = workspace.locked("commit", () -> {
            var transaction = workspace.lineage().begin("commit", workspace.author());
            Optional<VersionId> previous = workspace.lineage().model(model).map(found -> found.head());
            VersionId id = workspace.write(
                    transaction, new NewModelVersion(model, previous, List.of(), "by hand", folder, Map.of()));
            transaction.setModel(model, id);
            transaction.apply();
            return id;
        });
        assertThat(workspace.lineage().checkpoint(head).files())
                .allMatch(file -> file.stored() == FileEntry.Storage.PARAMETERS);
    }

    @Test
    void runUpdateAndRerunWorkOverTheParameterStore() throws Exception {
        Path root = temp.resolve("repo");
        try (Repository repository = Repository.init(root, User.withState(temp.resolve("state")))) {
            var workspace = new RepositoryWorkspace(
                    repository,
                    new Person("Ada", "ada@example.org"),
                    System.getenv(),
                    Duration.ofSeconds(30),
                    text -> {});
            commit(workspace, "base", safetensors(1, 64 * 512), temp.resolve("base"));
            Files.writeString(root.resolve("Train.java"), TRAIN);
            Path step = Files.writeString(root.resolve("step"), "0.5");
            var runner = new RecipeRunner(workspace, new LocalExecutor());
            runner.run(
                    new RunRequest(
                            List.of("child"),
                            List.of(new Recipe.Parent(
                                    "base", workspace.lineage().resolve("base"), EdgeKind.FINETUNE)),
                            "train",
                            Map.of("step", step),
                            Map.of(),
                            Optional.empty(),
                            Limits.NONE,
                            root,
                            false,
                            List.of("java", "Train.java", "{parent1}", "{output}", "{input:step}")),
                    JobProgress.NONE);
            commit(workspace, "base", safetensors(2, 64 * 512), temp.resolve("base2"));

            var updates = new Updates(workspace, new LocalExecutor(), JobProgress.NONE);
            UpdateOptions options = UpdateOptions.of("base");
            UpdateReport report = updates.start(updates.plan(options), options);
            assertThat(report.failure()).as(report.lines().toString()).isEmpty();
            VersionId child = workspace.lineage().resolve("child");
            assertThat(report.published()).containsEntry("child", child);
            Path out = Files.createDirectories(temp.resolve("out"));
            workspace.checkout(child, out);
            ByteBuffer made = ByteBuffer.wrap(Files.readAllBytes(out.resolve("model.safetensors")))
                    .order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer base = ByteBuffer.wrap(safetensors(2, 64 * 512)).order(ByteOrder.LITTLE_ENDIAN);
            int first = 8 + (int) base.getLong(0);
            assertThat(made.getFloat(first)).isEqualTo(base.getFloat(first) + 0.5f);

            var rerun = new Rerun(workspace, new LocalExecutor(), new FileTensorComparator());
            assertThat(rerun.run(child, JobProgress.NONE).identical()).isTrue();
            Files.writeString(step, "0.75");
            Rerun.Report off = rerun.run(child, JobProgress.NONE);
            assertThat(off.identical()).isFalse();
            assertThat(off.changes()).containsExactly("input 'step' has changed");
            TensorComparator.Difference difference =
                    off.files().get(0).tensors().get(0);
            assertThat(difference.tensor()).isEqualTo("w");
            assertThat(difference.maxAbs()).isCloseTo(0.25, org.assertj.core.data.Offset.offset(1e-6));
            assertThat(difference.l2())
                    .isCloseTo(0.25 * Math.sqrt(64 * 512), org.assertj.core.data.Offset.offset(1e-3));
        }
    }
}
