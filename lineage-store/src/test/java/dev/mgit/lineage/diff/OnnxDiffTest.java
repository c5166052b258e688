package dev.mgit.lineage.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same graph with its weights in the model and beside it; the files are onnx 1.23.2's. */
class OnnxDiffTest {
    /** What the node that consumes {@code onnx::MatMul_7} is called for. */
    private static final String LAYER = "encoder.layer.0.query.weight";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @BeforeEach
    void write() throws IOException {
        copy("within", "graph.onnx");
        copy("beside", "external.onnx");
        copy("beside", "external.onnx_data");
    }

    private void copy(String to, String name) throws IOException {
        Path target = Files.createDirectories(folder.resolve(to)).resolve(name);
        try (InputStream in = OnnxDiffTest.class.getResourceAsStream(name)) {
            Files.copy(Objects.requireNonNull(in), target);
        }
    }

    private DiffSide onDisk(String name) {
        return new DiffSide.OnDisk(name, folder.resolve(name));
    }

    private static void assertNamed(Diff diff) {
        assertThat(diff.tensors())
                .filteredOn(tensor -> tensor.name().equals(LAYER))
                .singleElement()
                .extracting(TensorChange::status)
                .isEqualTo(TensorChange.Status.SAME);
        assertThat(diff.tensors()).extracting(TensorChange::name).noneMatch(name -> name.contains("onnx::"));
    }

    private static DiffRequest request(DiffSide a, DiffSide b) {
        return new DiffRequest(a, b, Optional.empty(), Optional.empty(), DiffRequest.Depth.NUMBERS);
    }

    @Test
    void externalDataHaveTheNamesOfTheirModel() throws IOException {
        assertNamed(
                new Diffs(Optional.empty(), CopyProgress.none(), 1).diff(request(onDisk("within"), onDisk("beside"))));
        try (CheckpointTensors weights = CheckpointTensors.of(folder.resolve("beside"))) {
            assertThat(weights.weights()).extracting(CheckpointTensor::name).contains(LAYER);
        }
    }

    @Test
    void soDoTheyInTheStore() throws IOException {
        try (Repository repository = Repository.init(folder.resolve("repository"))) {
            VersionId within = commit(repository, "within");
            VersionId beside = commit(repository, "beside");
            assertNamed(new Diffs(Optional.of(repository), CopyProgress.none(), 1)
                    .diff(request(new DiffSide.Revision("within", within), new DiffSide.Revision("beside", beside))));
            try (CheckpointTensors weights = CheckpointTensors.of(repository, beside)) {
                assertThat(weights.weights()).extracting(CheckpointTensor::name).contains(LAYER);
            }
        }
    }

    private VersionId commit(Repository repository, String name) throws IOException {
        var request = new CommitRequest(
                folder.resolve(name),
                Optional.of(name),
                Optional.empty(),
                List.of(),
                Map.of(),
                new Person("Ada", "ada@example.org"),
                Instant.now(),
                Map.of());
        try (WriterLock lock = repository.lock("test", Duration.ofSeconds(60), notice -> {})) {
            return new Commits(repository, CopyProgress.none())
                    .commit(request, lock)
                    .version();
        }
    }
}
