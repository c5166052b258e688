package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a manifest of TensorFlow.js says, the shards beside it are laid out in full or refused in one sentence. */
class TfjsFuzzTest {
    private static final String[] SHARDS = {"group1-shard1of2.bin", "group1-shard2of2.bin"};

    @TempDir
    private Path folder;

    static Stream<byte[]> manifests() {
        return Stream.of(
                        "{\"format\":\"layers-model\",\"weightsManifest\":[{\"paths\":[\"group1-shard1of2.bin\","
                                + "\"group1-shard2of2.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[3,4],\"dtype\":"
                                + "\"float32\"},{\"name\":\"b\",\"shape\":[4],\"dtype\":\"float32\",\"quantization\":"
                                + "{\"dtype\":\"uint8\",\"scale\":0.1,\"min\":-1.0,\"original_dtype\":\"float32\"}},"
                                + "{\"name\":\"c\",\"shape\":[],\"dtype\":\"int32\"}]}]}",
                        "[{\"paths\":[\"group1-shard1of2.bin\"],\"weights\":[{\"name\":\"a\",\"shape\":[20],\"dtype\":"
                                + "\"float32\",\"quantization\":{\"dtype\":\"float16\"}}]}]")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void shards() throws IOException {
        Files.write(folder.resolve(SHARDS[0]), new byte[40]);
        Files.write(folder.resolve(SHARDS[1]), new byte[16]);
    }

    @MethodSource("manifests")
    @FuzzTest(maxDuration = "5m")
    void manifest(byte[] bytes) throws IOException {
        Files.write(folder.resolve("model.json"), bytes);
        for (String shard : SHARDS) {
            Path file = folder.resolve(shard);
            try (FileByteSource source = FileByteSource.open(file)) {
                Hostile.covers(Formats.layoutOf(file, source), source.size());
            } catch (FormatException e) {
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
    }
}
