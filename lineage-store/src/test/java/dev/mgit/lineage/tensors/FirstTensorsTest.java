package dev.mgit.lineage.tensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of a checkpoint with very many tensors, those that a sketch is taken of. */
class FirstTensorsTest {
    @TempDir
    private Path folder;

    private void file(String name, String... tensors) throws IOException {
        SafetensorsHeader header = SafetensorsHeader.of(
                Arrays.stream(tensors)
                        .map(tensor -> new TensorSpec(tensor, Dtype.F32, List.of(4L)))
                        .toList(),
                Map.of());
        Files.write(folder.resolve(name), Arrays.copyOf(header.bytes(), (int) header.fileSize()));
    }

    private List<String> names(int most) throws IOException {
        try (CheckpointTensors tensors = CheckpointTensors.firstOf(folder, most)) {
            return tensors.headers().stream().map(CheckpointTensor::name).toList();
        }
    }

    @Test
    void filesBehindThoseWithEnoughAreNotLookedAt() throws IOException {
        file("c.safetensors", "c1");
        file("a.safetensors", "a1", "a2");
        file("b.safetensors", "b1");

        assertThat(names(2)).containsExactly("a1", "a2");
        assertThat(names(3)).containsExactly("a1", "a2", "b1");
        assertThat(names(100)).containsExactly("a1", "a2", "b1", "c1");
    }
}
