package dev.mgit.lineage.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SketchIndexTest {
    @TempDir
    private Path folder;

    private static VersionId id(int number) {
        return new VersionId(String.format(Locale.ROOT, "%040x", number));
    }

    private static ModelSketch sketch(int seed, int keys) {
        int[] made = new Random(seed).ints(keys).sorted().distinct().toArray();
        var tensor = new TensorSketch(
                "w" + seed,
                Dtype.BF16,
                8,
                4,
                3,
                99,
                seed,
                2,
                2,
                new float[] {1, -2, Float.NaN, seed},
                1.5,
                3.5,
                false,
                true);
        return new ModelSketch(
                List.of("safetensors"),
                new MetadataClaims(List.of("a/b"), "a/c", "merge", "bert", true, 500, List.of("run")),
                List.of(tensor),
                made);
    }

    @Test
    void findsEveryModelByItsKeysAmongMany() throws IOException {
        var index = new SketchIndex(folder.resolve("index"));
        for (int i = 0; i < 150; i++) {
            index.add(Map.of(id(i), sketch(i, 90)));
        }
        for (int i = 0; i < 150; i += 7) {
            assertThat(index.search(sketch(i, 90), 3)).first().isEqualTo(id(i));
        }
        assertThat(index.search(sketch(1000, 90), 3)).isEmpty();
        assertThat(index.versions()).hasSize(150);
        try (Stream<Path> files = Files.list(folder.resolve("index"))) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("keys-")))
                    .as("segments are merged")
                    .hasSizeLessThanOrEqualTo(9);
        }
    }

    @Test
    void ranksByTheNumberOfSharedKeys() throws IOException {
        var index = new SketchIndex(folder.resolve("index"));
        int[] keys = sketch(1, 64).keys();
        for (int shared : new int[] {8, 64, 32}) {
            ModelSketch of = sketch(1, 64);
            int[] part = Arrays.copyOf(keys, shared);
            index.add(Map.of(id(shared), new ModelSketch(of.formats(), of.claims(), of.tensors(), part)));
        }
        assertThat(index.search(sketch(1, 64), 2)).containsExactly(id(64), id(32));
    }

    @Test
    void forgetsVersionsThatAreGone() throws IOException {
        var index = new SketchIndex(folder.resolve("index"));
        index.add(Map.of(id(1), sketch(1, 20), id(2), sketch(2, 20)));
        index.retain(Set.of(id(2)));
        assertThat(index.versions()).containsExactly(id(2));
        assertThat(index.sketch(id(1))).isEmpty();
    }

    @Test
    void aSketchComesBackAsItWas() {
        ModelSketch sketch = sketch(7, 30);
        ModelSketch read = SketchFile.decode(SketchFile.encode(sketch)).orElseThrow();
        assertThat(read.keys()).isEqualTo(sketch.keys());
        assertThat(read.claims()).isEqualTo(sketch.claims());
        assertThat(read.tensors().get(0).values())
                .isEqualTo(sketch.tensors().get(0).values());
        assertThat(read.tensors().get(0).depth()).isEqualTo(3);
        assertThat(read.tensors().get(0).layout()).isEqualTo(99);
        assertThat(read.tensors().get(0).part()).isTrue();
        assertThat(read.tensors().get(0).square()).isEqualTo(1.5);
    }

    @Test
    void everyDamagedByteOfASketchIsNoticed() {
        byte[] sound = SketchFile.encode(sketch(7, 30));
        for (int i = 0; i < sound.length; i++) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 4;
            assertThat(SketchFile.decode(damaged)).as("byte %d", i).isEmpty();
            assertThat(SketchFile.decode(Arrays.copyOf(sound, i))).isEmpty();
        }
    }

    @Test
    void aDamagedSegmentOnlyLosesItsModels() throws IOException {
        var index = new SketchIndex(folder.resolve("index"));
        index.add(Map.of(id(1), sketch(1, 600)));
        Path segment = folder.resolve("index").resolve("keys-1");
        byte[] sound = Files.readAllBytes(segment);
        for (int i = 0; i < sound.length; i += 13) {
            byte[] damaged = sound.clone();
            damaged[i] ^= 64;
            Files.write(segment, damaged);
            assertThat(index.search(sketch(1, 600), 5)).as("byte %d", i).isSubsetOf(id(1));
            assertThat(index.search(sketch(2, 600), 5)).isEmpty();
        }
        Files.write(segment, Arrays.copyOf(sound, 9));
        assertThat(index.versions()).isEmpty();
        index.add(Map.of(id(2), sketch(2, 20)));
        assertThat(index.search(sketch(2, 20), 5)).containsExactly(id(2));
    }
}
