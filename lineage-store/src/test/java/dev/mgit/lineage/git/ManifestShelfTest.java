package dev.mgit.lineage.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests of which memory holds some. */
class ManifestShelfTest {
    private static final int KEPT = 8;

    @TempDir
    private Path folder;

    private static Manifest manifest(int tensors, int number) {
        List<Manifest.Entry> entries = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            var spec = new TensorSpec("layer." + i, Dtype.F32, List.of(2L, 8L));
            entries.add(new Manifest.Entry(
                    64L * i, 64, Optional.of(spec), new ObjectId(String.format("%064x", number + i))));
        }
        return new Manifest("safetensors", 64L * tensors, "ab".repeat(32), entries);
    }

    @Test
    void whatMemoryIsTooSmallForIsGivenBackAsItWas() throws IOException {
        try (var shelf = new ManifestShelf(folder, KEPT)) {
            shelf.put("small", manifest(2, 1));
            shelf.put("large", manifest(9_000, 2));
            shelf.put("another", manifest(700, 3));

            assertThat(shelf).containsOnlyKeys("small", "large", "another");
            assertThat(shelf.get("small")).isEqualTo(manifest(2, 1));
            assertThat(shelf.get("another")).isEqualTo(manifest(700, 3));
            assertThat(shelf.get("large")).isEqualTo(manifest(9_000, 2)).isNotSameAs(shelf.get("large"));
            assertThat(shelf.values()).containsExactly(manifest(2, 1), manifest(9_000, 2), manifest(700, 3));
        }
    }

    @Test
    void aProcessThatIsKilledLeavesNoFile() throws IOException {
        try (var shelf = new ManifestShelf(folder, KEPT)) {
            shelf.put("large", manifest(100, 1));

            assertThat(folder).isEmptyDirectory();
            assertThat(shelf.get("large")).isEqualTo(manifest(100, 1));
        }
    }
}
