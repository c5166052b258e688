package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of several files, many of them in one folder, as packages for browsers and phones ship them. Made weights. */
class DescribedFilesTest {
    private static final int VALUES = 4000;

    @TempDir
    private Path folder;

    private Path disk;
    private TestRepository repository;

    @BeforeEach
    void anEmptyRepository() throws IOException {
        repository = TestRepository.init(folder.resolve("repository"));
        disk = Files.createDirectory(folder.resolve("models"));
    }

    private static byte[] floats(long seed, double change) {
        var weights = new Random(seed);
        var changes = new Random(seed + 1);
        ByteBuffer bytes = ByteBuffer.allocate(4 * VALUES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < VALUES; i++) {
            bytes.putFloat((float) (weights.nextGaussian() + change * changes.nextGaussian()));
        }
        return bytes.array();
    }

    /** A manifest of a matrix and what its shards are called. */
    private static String manifest(String name, String... paths) {
        return "[{\"paths\": [\"" + String.join("\", \"", paths) + "\"], \"weights\": [{\"name\": \"" + name
                + "\", \"shape\": [100, 40], \"dtype\": \"float32\"}]}]";
    }

    private TreeMap<String, JsonObject> imported() {
        var models = new TreeMap<String, JsonObject>();
        Cli.Ran ran = repository.run("import", disk.toString(), "--json");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.json().objects("skipped")).isEmpty();
        ran.json().objects("checkpoints").forEach(model -> models.put(model.string("model"), model));
        return models;
    }

    private TreeSet<String> filesOf(String model) throws IOException {
        Path out = folder.resolve("out").resolve(model);
        repository.ok("checkout", model, out.toString());
        var files = new TreeSet<>(List.of(out.toFile().list()));
        files.remove(".mgit"); // leads to the repository
        return files;
    }

    @Test
    void eachManifestAndItsShardsAreAModel() throws IOException {
        Files.writeString(disk.resolve("age.json"), "{\"weightsManifest\": " + manifest("k", "age.bin") + "}");
        Files.write(disk.resolve("age.bin"), floats(1, 0));
        Files.writeString(disk.resolve("older.json"), "{\"weightsManifest\": " + manifest("k", "older.bin") + "}");
        Files.write(disk.resolve("older.bin"), floats(1, 1e-3));
        Files.writeString(
                disk.resolve("face_model-weights_manifest.json"),
                manifest("face", "face_model-shard1", "face_model-shard2"));
        byte[] face = floats(5, 0);
        Files.write(disk.resolve("face_model-shard1"), Arrays.copyOf(face, 8000));
        Files.write(disk.resolve("face_model-shard2"), Arrays.copyOfRange(face, 8000, face.length));
        TreeMap<String, JsonObject> models = imported();
        assertThat(models).containsOnlyKeys("age", "older", "face_model");
        assertThat(models.values())
                .allSatisfy(model -> assertThat(model.objects("opaque")).isEmpty());
        assertThat(models.get("older").strings("parents")).containsExactly("age");
        assertThat(filesOf("face_model"))
                .containsExactly("face_model-shard1", "face_model-shard2", "face_model-weights_manifest.json");
        assertThat(repository.ok("show", "age")).contains("tfjs      age.bin");
        assertThat(repository.ok("import", disk.toString())).contains("imported 0 versions (3 already here");
    }

    @Test
    void graphsComeWithTheirWeights() throws IOException {
        Files.writeString(disk.resolve("x2.param"), "7767517\n1 1\n");
        Files.write(disk.resolve("x2.bin"), floats(1, 0));
        Files.writeString(disk.resolve("net.xml"), "<net/>");
        Files.write(disk.resolve("net.bin"), floats(2, 0));
        Files.writeString(disk.resolve("tiny.cfg"), "[net]\n");
        Files.write(disk.resolve("tiny.weights"), floats(3, 0));
        assertThat(imported()).containsOnlyKeys("x2", "net", "tiny");
        assertThat(filesOf("x2")).containsExactly("x2.bin", "x2.param");
        assertThat(filesOf("net")).containsExactly("net.bin", "net.xml");
        assertThat(filesOf("tiny")).containsExactly("tiny.cfg", "tiny.weights");
    }

    @Test
    void aNamedManifestIsCommittedWithItsShards() throws IOException {
        Path manifest = disk.resolve("age.json");
        Files.writeString(manifest, "{\"weightsManifest\": " + manifest("k", "age.bin", "../secret", "gone") + "}");
        Files.write(disk.resolve("age.bin"), floats(1, 0));
        Files.writeString(folder.resolve("secret"), "not to be read");
        Files.write(disk.resolve("other.bin"), floats(2, 0));
        repository.ok("commit", manifest.toString());
        assertThat(filesOf("age")).containsExactly("age.bin", "age.json");
    }

    @Test
    void whatIsCompressedIsStillAModel() throws IOException {
        for (String name : List.of("eng", "fra")) {
            var packed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(packed)) {
                gzip.write(floats(name.hashCode(), 0));
            }
            Files.write(disk.resolve(name + ".traineddata.gz"), packed.toByteArray());
        }
        assertThat(imported()).containsOnlyKeys("eng", "fra");
    }
}
