package dev.mgit.lineage.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Sparse updates that somebody sent: every index is inside its tensor and above the one before, or all is refused. */
class SparseFuzzTest {
    private static final long ELEMENTS = 1000;

    @TempDir
    private Path folder;

    static Stream<byte[]> patches() {
        return Stream.of(
                patch(Map.of("format", "sparse_weight_patch"), Dtype.I32),
                patch(Map.of("encoding", "gap_delta", "mgit.parent", "a".repeat(40)), Dtype.U16),
                patch(Map.of("encoding", "gap_delta"), Dtype.U32),
                patch(Map.of("encoding", "raw", "mgit.kind", "rl"), Dtype.I64));
    }

    private static byte[] patch(Map<String, String> metadata, Dtype width) {
        SafetensorsHeader header = SafetensorsHeader.of(
                List.of(
                        new TensorSpec("a.weight.idx", width, List.of(3L)),
                        new TensorSpec("a.weight.val", Dtype.BF16, List.of(3L))),
                metadata);
        ByteBuffer file = ByteBuffer.allocate((int) header.fileSize())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(header.bytes());
        for (int i = 1; i <= 3; i++) {
            switch (width) {
                case U16 -> file.putShort((short) (9 * i));
                case I64 -> file.putLong(9L * i);
                default -> file.putInt(9 * i);
            }
        }
        return file.array();
    }

    @MethodSource("patches")
    @FuzzTest(maxDuration = "5m")
    void patch(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("patch.safetensors"), bytes);
        try (SparsePatch patch = SparsePatch.open(file)) {
            patch.kind();
            for (SparsePatch.Update update : patch.updates()) {
                var indices = new IndexReader(update, ELEMENTS);
                long last = -1;
                while (indices.hasNext()) {
                    long index = indices.next();
                    assertThat(index).isGreaterThan(last).isLessThan(ELEMENTS);
                    last = index;
                }
                assertThat(update.values().size()).isEqualTo(update.dtype().bytesFor(update.count()));
            }
        } catch (MgitException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }
}
