package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that the formats' own libraries wrote, every tensor of which counts from zero, through the commands. */
class OpenFormatsTest {
    private static final Path WRITTEN =
            Path.of("..", "delta-compression", "src", "test", "resources", "dev", "mgit", "delta", "format", "real");

    @TempDir
    Path folder;

    private TestRepository repository = new TestRepository(Path.of(""));

    @BeforeEach
    void begin() throws IOException {
        repository = TestRepository.init(Files.createDirectory(folder.resolve("repository")));
    }

    @ParameterizedTest
    @CsvSource({
        "user-block.h5, kernel, 12, 0",
        "small.keras, layers/dense/vars/0, 12, 0",
        "graph.tflite, weight, 12, 0",
        "arrays.joblib, layers.0.weight, 12, 0",
        "objects.npy, objects.0, 12, 0",
        "state.msgpack, params.dense.kernel, 12, 0",
        "frozen.pt, constants.0, 12, 0",
        "distributed, 'model.weight[3:6]', 12, 12",
    })
    void aTensorIsTakenOutAsItsLibraryLoadsIt(String file, String tensor, int elements, float first)
            throws IOException {
        Path committed = copied(file);
        repository.ok("commit", committed.toString(), "--model", "m");

        repository.ok("checkout", "m", folder.resolve("out").toString(), "--tensors", tensor);

        assertThat(floats(folder.resolve("out").resolve("tensors.safetensors"), tensor))
                .hasSize(elements)
                .startsWith(first, first + 1, first + 2);
    }

    /** Where a weight has two names, two tensors changed. */
    @ParameterizedTest
    @CsvSource({
        "user-block.h5, kernel, 1 tensor: 1 changed",
        "graph.tflite, weight, 8 tensors: 2 changed",
        "state.msgpack, params.dense.kernel, 5 tensors: 1 changed",
        "arrays-protocol-5.pkl, layers.0.weight, 12 tensors: 1 changed"
    })
    void diffCountsTheTensorsThatChanged(String file, String tensor, String counted) throws IOException {
        Path committed = copied(file);
        repository.ok("commit", committed.toString(), "--model", "m");
        byte[] bytes = Files.readAllBytes(committed);
        bytes[(int) offset(committed, tensor) + 4] ^= 1;
        Files.write(committed, bytes);
        repository.ok("commit", committed.toString(), "--model", "m");

        assertThat(repository.ok("diff", "m~1", "m")).contains(counted);
    }

    private Path copied(String name) throws IOException {
        Path target = folder.resolve(name);
        if (!Files.isDirectory(WRITTEN.resolve(name))) {
            return Files.write(target, Files.readAllBytes(WRITTEN.resolve(name)));
        }
        Files.createDirectory(target);
        try (var files = Files.list(WRITTEN.resolve(name))) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    private static long offset(Path file, String tensor) throws IOException {
        try (FileByteSource source = FileByteSource.open(file)) {
            return seen(Formats.layoutOf(file, source), tensor).offset();
        }
    }

    private static float[] floats(Path file, String tensor) throws IOException {
        try (FileByteSource source = FileByteSource.open(file)) {
            LogicalTensor seen = seen(Formats.layoutOf(file, source), tensor);
            byte[] data = new byte[(int) seen.spec().byteLength()];
            seen.open(source).read(0, data, 0, data.length);
            float[] values = new float[data.length / Float.BYTES];
            ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        }
    }

    private static LogicalTensor seen(Layout layout, String tensor) {
        return layout.tensors().stream()
                .filter(one -> one.name().equals(tensor))
                .findFirst()
                .orElseThrow();
    }
}
