package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObjectReaderTest {
    /** Whoever puts tensors into a table hashes the source of each, which all tensors of a file share. */
    @Test
    void aFileOfManyRangesIsHashedWithoutALookAtThem() {
        List<Manifest.Entry> entries = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            var spec = new TensorSpec("layer." + i, Dtype.F32, List.of(16L));
            entries.add(new Manifest.Entry(64L * i, 64, Optional.of(spec), new ObjectId(String.format("%064x", i))));
        }
        var manifest = new Manifest("safetensors", 192, "ab".repeat(32), entries);
        try (var store = new ObjectReader.Store(() -> {
            throw new AssertionError("nothing is read");
        })) {
            ByteSource content = ObjectReader.content(store, manifest);
            assertThat(content.hashCode()).isEqualTo(System.identityHashCode(content));
            assertThat(content).isNotEqualTo(ObjectReader.content(store, manifest));
        }
    }
}
