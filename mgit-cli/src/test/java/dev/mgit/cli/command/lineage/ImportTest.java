package dev.mgit.cli.command.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.cli.PausedCommand;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code import} and {@code commit --detect} as a user meets them; made models, real files and links. */
class ImportTest {
    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);
    private static final MadeModel CHILD = Families.fineTuned(BASE, "child", 2, 1e-3);

    @TempDir
    private Path folder;

    private Path repository;
    private Path disk;

    @BeforeEach
    void anEmptyRepository() throws IOException {
        repository = Files.createDirectory(folder.resolve("repository"));
        disk = Files.createDirectory(folder.resolve("disk"));
        run(0, "init");
    }

    private Cli.Ran run(int exit, String... arguments) {
        Cli.Ran ran = Cli.run(repository, arguments);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(exit);
        assertThat(ran.err()).doesNotContain("Exception");
        return ran;
    }

    private Map<String, JsonObject> imported(String... arguments) {
        JsonObject result = Json.parseObject(run(0, arguments).out().getBytes(StandardCharsets.UTF_8));
        Map<String, JsonObject> byModel = new HashMap<>();
        result.objects("checkpoints").forEach(one -> byModel.put(one.string("model"), one));
        return byModel;
    }

    @Test
    void importsPlainFoldersParentsFirstWithInferredEdges() throws IOException {
        MadeModel quantized = Families.quantized(CHILD, "a-small-one");
        for (MadeModel model : List.of(quantized, CHILD, BASE, Families.base("stranger", 9, ModelShape.TINY))) {
            model.writeTo(disk);
        }
        Map<String, JsonObject> done = imported("import", disk.toString(), "--json");
        assertThat(done).containsOnlyKeys("base", "child", "a-small-one", "stranger");
        assertThat(done.get("child").strings("parents")).containsExactly("base");
        assertThat(done.get("child").string("kind")).isEqualTo("finetune");
        assertThat(done.get("child").strings("claims"))
                .containsExactly("its files name 'base' as its base: the weights agree");
        assertThat(done.get("a-small-one").strings("parents")).containsExactly("child");
        assertThat(done.get("stranger").strings("parents")).isEmpty();
        assertThat(done.get("a-small-one").number("stored_bytes"))
                .as("predicted from its parent")
                .isLessThan(done.get("a-small-one").number("bytes") / 4);
        assertThat(run(0, "show", "child").out()).contains("finetune", "base");
        assertThat(run(0, "log", "child", "--json").out()).contains("inferred");
        Cli.Ran again = run(0, "import", disk.toString());
        assertThat(again.out()).contains("imported 0 versions (4 already here");
    }

    /** Its list is an older one; its name makes no sense; it is not named at all. */
    @ParameterizedTest
    @ValueSource(strings = {"MANIFEST-000000\n", "MANI", ""})
    void aStoreThatDoesNotOpenIsNoModelsFault(String current) throws IOException {
        BASE.writeTo(disk);
        run(0, "import", disk.toString());
        Path file = repository.resolve(".mgit/parameters/CURRENT");
        Files.writeString(file, current);
        if (current.isEmpty()) {
            Files.delete(file);
        }
        CHILD.writeTo(disk);
        Cli.Ran ran = run(6, "import", disk.toString());
        assertThat(ran.err()).contains("error: ", "fsck --repair").doesNotContain("left out");
    }

    @Test
    void takesAChangedFolderAsANewVersion() throws IOException {
        BASE.writeTo(disk);
        run(0, "import", disk.resolve("base").toString());
        Families.fineTuned(BASE, "base", 5, 1e-3).writeTo(disk);
        assertThat(imported("import", disk.toString(), "--json").get("base").strings("parents"))
                .isEmpty();
        assertThat(run(0, "log", "base", "--oneline").out().lines()).hasSize(2);
    }

    @Test
    void readsTheCacheOfAHubWithItsLinks() throws IOException {
        Path model = disk.resolve("models--acme--bert");
        snapshot(model, "1111", BASE);
        snapshot(model, "2222", CHILD);
        Files.createDirectories(model.resolve("refs"));
        Files.writeString(model.resolve("refs/main"), "2222");
        Path other = disk.resolve("models--acme--bert-cast");
        snapshot(other, "3333", Families.cast(CHILD, "cast", Element.BF16));
        Map<String, JsonObject> plan = imported("import", disk.toString(), "--dry-run", "--json");
        assertThat(plan).containsOnlyKeys("acme/bert", "acme/bert-cast");
        assertThat(models()).isZero();
        run(0, "import", disk.toString());
        assertThat(run(0, "log", "acme/bert", "--oneline").out().lines()).hasSize(2);
        assertThat(run(0, "show", "acme/bert-cast").out()).contains("cast", "acme/bert");
        run(0, "checkout", "acme/bert", folder.resolve("out").toString());
        assertThat(Files.mismatch(
                        folder.resolve("out/model.safetensors"), model.resolve("snapshots/2222/model.safetensors")))
                .isEqualTo(-1);
    }

    /** What a year of downloads leaves: tags, pull requests, other kinds of repositories, notes of the library's own. */
    @Test
    void readsEveryRevisionAndListsWhatIsNoModel() throws IOException {
        Path model = disk.resolve("models--acme--bert");
        snapshot(model, "0000", Families.fineTuned(CHILD, "newest", 3, 1e-4));
        snapshot(model, "1111", BASE);
        snapshot(model, "2222", CHILD);
        Files.createDirectories(model.resolve("refs/refs/pr"));
        Files.writeString(model.resolve("refs/refs/pr/1"), "2222");
        Files.writeString(model.resolve("refs/v1.0"), "1111");
        Files.writeString(model.resolve("refs/main"), "0000");
        text("models--acme--bert/.no_exist/0000/adapter_config.json");
        snapshot(disk.resolve("spaces--acme--demo"), "3333", BASE);
        snapshot(disk.resolve("datasets--acme--words"), "4444", BASE);
        text("kernels--acme--fast/refs/main");
        text("models--acme--words/snapshots/5555/config.json");
        text(".locks/models--acme--bert/blob.lock");
        text("version.txt");
        text("CACHEDIR.TAG");
        assertThat(skipped(0, "import", disk.toString(), "--json").entrySet())
                .isEqualTo(Map.of(
                                "spaces--acme--demo", "a dataset or space, not a model",
                                "datasets--acme--words", "a dataset or space, not a model",
                                "kernels--acme--fast", "a dataset or space, not a model",
                                "models--acme--words/snapshots/5555", "no weights were downloaded")
                        .entrySet());
        assertThat(run(0, "log", "acme/bert", "--oneline").out().lines())
                .hasSize(3)
                .first()
                .asString()
                .contains("(0000)");
    }

    private static void snapshot(Path model, String commit, MadeModel weights) throws IOException {
        Path blobs = Files.createDirectories(model.resolve("blobs"));
        Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve(commit));
        Path blob = blobs.resolve("blob" + commit);
        weights.writeWeightsTo(blob);
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), snapshot.relativize(blob));
    }

    @Test
    void takesATrainersCheckpointsAsVersionsOfOneModel() throws IOException {
        MadeModel later = Families.fineTuned(CHILD, "checkpoint-1000", 3, 1e-4);
        new MadeModel("checkpoint-500", CHILD.shape(), CHILD.tensors(), List.of(), "root", 1)
                .writeTo(disk.resolve("run"));
        later.writeTo(disk.resolve("run"));
        run(0, "import", disk.toString());
        assertThat(run(0, "log", "run", "--oneline").out().lines()).hasSize(2);
        assertThat(run(0, "log", "run", "-n", "1").out()).contains("checkpoint-1000");
    }

    @Test
    void leavesOutWhatIsDamagedAndSaysSo() throws IOException {
        BASE.writeTo(disk);
        Path broken = Files.createDirectories(disk.resolve("broken"));
        Files.write(broken.resolve("model.safetensors"), new byte[] {-1, -1, -1, -1, -1, -1, -1, 127, '{'});
        Path loop = Files.createDirectories(disk.resolve("loop"));
        Files.createSymbolicLink(loop.resolve("again"), disk);
        Files.createSymbolicLink(loop.resolve("model.bin"), loop.resolve("model.bin"));
        Files.createDirectories(disk.resolve("empty"));
        Path odd = Families.fineTuned(BASE, "odd", 4, 1e-3).writeTo(disk);
        Files.move(odd, disk.resolve(" strange..name~^: "));
        Cli.Ran ran = run(1, "import", disk.toString(), "--recursive");
        assertThat(ran.out()).contains("imported 2 versions (0 already here, 2 left out)");
        assertThat(ran.err()).contains("broken", "loop");
        assertThat(run(0, "branch").out()).contains("base", "strange.name");
        run(0, "fsck");
    }

    private Map<String, String> skipped(int exit, String... arguments) {
        Map<String, String> reasons = new HashMap<>();
        run(exit, arguments)
                .json()
                .objects("skipped")
                .forEach(one ->
                        reasons.put(disk.relativize(Path.of(one.string("path"))).toString(), one.string("reason")));
        return reasons;
    }

    private Path weights(String path, MadeModel model) throws IOException {
        Path file = disk.resolve(path);
        Files.createDirectories(file.getParent());
        model.writeWeightsTo(file);
        return file;
    }

    private static Map<String, Long> contents(Path root) throws IOException {
        Map<String, Long> contents = new HashMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                var checksum = new CRC32();
                checksum.update(Files.readAllBytes(file));
                contents.put(root.relativize(file).toString(), checksum.getValue());
            }
        }
        contents.remove(".mgit");
        return contents;
    }

    private void text(String path) throws IOException {
        Path file = disk.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{}");
    }

    /** A pipeline, modules under a root, exports beside the weights, adapters below, and an app in TensorFlow.js. */
    @Test
    void takesATreeForOneModel() throws IOException {
        text("pipeline/model_index.json");
        weights("pipeline/unet/diffusion_pytorch_model.safetensors", BASE);
        weights("pipeline/vae/diffusion_pytorch_model.safetensors", CHILD);
        text("sentence/modules.json");
        weights("sentence/0_Transformer/model.safetensors", BASE);
        text("export/config.json");
        weights("export/onnx/model.bin", BASE);
        weights("export/original/consolidated.00.pth", CHILD);
        text("adapted/config.json");
        weights("adapted/model.safetensors", BASE);
        text("adapted/adapters/one/adapter_config.json");
        weights("adapted/adapters/one/adapter_model.safetensors", CHILD);
        weights("variants/net.Q4_K_M.gguf", BASE);
        weights("variants/net.Q8_0.gguf", CHILD);
        text("web/model.json");
        weights("web/group1-shard1of1.bin", BASE);
        assertThat(imported("import", disk.toString(), "--json"))
                .containsOnlyKeys("pipeline", "sentence", "export", "adapted", "variants", "web");
        for (String model : List.of("pipeline", "export", "adapted", "variants")) {
            run(0, "checkout", model, folder.resolve("out").resolve(model).toString());
            assertThat(contents(folder.resolve("out").resolve(model))).isEqualTo(contents(disk.resolve(model)));
        }
    }

    /** Weights above folders that are models by themselves do not swallow them. */
    @Test
    void foldersBesideAFileStayModelsOfTheirOwn() throws IOException {
        weights("alone.safetensors", BASE);
        CHILD.writeTo(disk);
        text("deep/er/config.json");
        assertThat(imported("import", disk.toString(), "--json")).containsOnlyKeys("alone", "child");
    }

    @Test
    void takesOpaqueModelsAndListsWhatItPassesOver() throws IOException {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        byte[] image = noise.clone();
        System.arraycopy(new byte[] {(byte) 0x89, 'P', 'N', 'G'}, 0, image, 0, 4);
        Files.write(disk.resolve("a.tflite"), Arrays.copyOf(noise, 10));
        Files.write(disk.resolve("b.traineddata"), Arrays.copyOf(noise, 11));
        Files.write(disk.resolve("c.unheard-of"), noise);
        Files.write(disk.resolve("d.small"), Arrays.copyOf(noise, 12));
        Files.write(disk.resolve("e"), image);
        Files.writeString(disk.resolve("labels.txt"), "cat");
        Files.createSymbolicLink(disk.resolve("link"), folder);
        text("further/down/here.txt");
        Map<String, JsonObject> plan = imported("import", disk.toString(), "--dry-run", "--json");
        assertThat(plan).containsOnlyKeys("a", "b", "c.unheard-of");
        assertThat(plan.get("a").objects("opaque")).hasSize(1);
        assertThat(skipped(0, "import", disk.toString(), "--json"))
                .isEqualTo(Map.of(
                        "d.small", "of no known format",
                        "e", "image",
                        "labels.txt", "text",
                        "link", "a link to a folder, not followed; name it to import it",
                        "further/down", "not searched without --recursive"));
        Cli.Ran again = run(0, "import", disk.toString());
        assertThat(again.err()).contains("passed over: ", "labels.txt: text");
        assertThat(again.out()).contains("(3 already here, 0 left out, 5 passed over)");
    }

    /** As stores of layers keep them: the name says nothing, the first bytes do. */
    @Test
    void takesSmallModelsWithoutASuffix() throws IOException {
        weights("sha256-0a1b", BASE);
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
        byte[] npy = ("\u0093NUMPY\1\0v\0" + header + " ".repeat(117 - header.length()) + "\n" + "abcd".repeat(2))
                .getBytes(StandardCharsets.ISO_8859_1);
        Files.write(disk.resolve("array"), npy);
        assertThat(imported("import", disk.toString(), "--json")).containsOnlyKeys("sha256-0a1b", "array");
    }

    @Test
    void listsManyFilesOfAKindByTheirNumber() throws IOException {
        weights("model/model.safetensors", BASE);
        for (int i = 0; i < 9; i++) {
            text("texts/" + i + ".json");
        }
        assertThat(run(0, "import", disk.toString()).err()).contains("texts: 9 files: text");
        assertThat(skipped(0, "import", disk.toString(), "--json")).hasSize(9);
        assertThat(skipped(1, "import", disk.resolve("texts").toString(), "--json"))
                .hasSize(9);
    }

    @Test
    void refusesFoldersWithoutCheckpoints() {
        assertThat(run(1, "import", disk.toString()).err()).contains("there are no checkpoints in", "--recursive");
        assertThat(run(2, "import", disk.resolve("nowhere").toString()).err()).contains("there is no file or folder");
    }

    private long models() {
        return run(0, "log", "--all", "--oneline").out().lines().count();
    }

    @Test
    void goesOnAfterAKill() throws Exception {
        for (int i = 0; i < 6; i++) {
            Families.base("model-" + (char) ('a' + i), i, ModelShape.TINY).writeTo(disk);
        }
        try (PausedCommand command = PausedCommand.start(repository, "import", disk.toString())) {
            command.until("two models are there", () -> models() == 2).kill();
        }
        long before = models();
        assertThat(before).isEqualTo(2);
        Cli.Ran rest = run(0, "import", disk.toString());
        assertThat(rest.out()).contains("imported " + (6 - before) + " version");
        assertThat(run(0, "log", "--all", "--oneline").out().lines()).hasSize(6);
        run(0, "fsck");
    }

    @Test
    void commitSuggestsAParentAndTakesItWhenAsked() throws IOException {
        run(0, "commit", BASE.writeTo(disk).toString());
        Cli.Ran plain = run(0, "commit", CHILD.writeTo(disk).toString(), "--model", "first");
        assertThat(plain.err()).contains("this looks like a finetune of base", "mgit edge add first base finetune");
        Cli.Ran detected = run(
                0, "commit", Families.pruned(CHILD, "pruned", 0.5).writeTo(disk).toString(), "--detect");
        assertThat(detected.err()).contains("found: prune of first");
        assertThat(detected.out()).contains("prune of first");
        assertThat(run(0, "log", "pruned", "--json").out()).contains("inferred");
        assertThat(run(2, "commit", disk.resolve("child").toString(), "--model", "x", "--detect", "--from", "base")
                        .err())
                .contains("--from and --detect cannot be combined");
    }

    @Test
    void rebuildsALostIndexFromTheStore() throws IOException {
        run(0, "commit", BASE.writeTo(disk).toString());
        run(0, "commit", CHILD.writeTo(disk).toString(), "--from", "base");
        Trees.delete(repository.resolve(".mgit/index"));
        MadeModel cast = Families.cast(CHILD, "cast", Element.F16);
        assertThat(run(0, "commit", cast.writeTo(disk).toString(), "--detect").out())
                .contains("cast of child");
    }
}
