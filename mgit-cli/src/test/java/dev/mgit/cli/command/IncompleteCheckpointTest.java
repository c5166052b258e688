package dev.mgit.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mgit.cli.Cli;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints that name what they do not have, and files that no reader understands. All files are made. */
class IncompleteCheckpointTest {
    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    private Path root;

    private Path model;

    @BeforeEach
    void aRepository() throws IOException {
        ok("init");
        model = Files.createDirectory(root.resolve("m"));
    }

    private Cli.Ran run(int exit, String... arguments) {
        Cli.Ran ran = Cli.run(root, arguments);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(exit);
        assertThat(ran.err()).doesNotContain("Exception");
        return ran;
    }

    private Cli.Ran ok(String... arguments) {
        return run(0, arguments);
    }

    /** Commits what is there as it is: the sentence must be told, kept, and enough to refuse it when asked. */
    private void isMissing(String sentence) {
        assertThat(run(1, "commit", "m", "--strict").err()).contains("'" + model + "' is incomplete", sentence);
        assertThat(ok("commit", "m", "--model", "m").err())
                .contains("incomplete: ", sentence, "hint: fetch the missing files");
        assertThat(ok("show", "m").out()).contains("incomplete: ", sentence);
        assertThat(ok("show", "m", "--json").json().strings("missing"))
                .anySatisfy(one -> assertThat(one).contains(sentence));
    }

    private void isWhole() {
        Cli.Ran ran = ok("commit", "m", "--model", "m", "--strict");
        assertThat(ran.err()).doesNotContain("incomplete");
        assertThat(ok("show", "m", "--json").json().strings("missing")).isEmpty();
    }

    private Path file(String path, String text) throws IOException {
        Path file = model.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text.replace('\'', '"'));
    }

    /** A safetensors file with one tensor of eight bytes, which begin with the tensor's own name. */
    private void weights(String path, String tensor) throws IOException {
        String header = "{\"" + tensor + "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        byte[] json = (header + " ".repeat((8 - header.length() % 8) % 8)).getBytes(StandardCharsets.UTF_8);
        Path file = model.resolve(path);
        Files.createDirectories(file.getParent());
        Files.write(
                file,
                ByteBuffer.allocate(16 + json.length)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(json.length)
                        .put(json)
                        .put((tensor + "        ").substring(0, 8).getBytes(StandardCharsets.UTF_8))
                        .array());
    }

    private void index(String total, String shardOfA, String shardOfB) throws IOException {
        file(
                INDEX,
                "{'metadata':{'total_size':" + total + "},'weight_map':{'a':'" + shardOfA + "','b':'" + shardOfB
                        + "'}}");
    }

    @Test
    void shardsThatAnIndexNames() throws IOException {
        weights(ONE, "a");
        index("16", ONE, TWO);
        isMissing(INDEX + " names " + TWO + ", which is not there");
        weights(TWO, "b");
        isWhole();
        index("16.0", ONE, TWO);
        isWhole();
        index("16", TWO, ONE);
        isMissing("the index " + INDEX + " puts b into " + ONE + ", which does not have it");
        index("24", ONE, TWO);
        isMissing("the index " + INDEX + " gives a total_size of 24 bytes, its shards hold 16");
        file(INDEX, "{'weight_map':{'a':'" + ONE);
        isMissing(INDEX + " cannot be used as an index");
        index("16", ONE, TWO);
        file(".mgitignore", TWO);
        isMissing(INDEX + " names " + TWO + ", ignored by ignore rules");
    }

    @Test
    void shardsByTheirNumbers() throws IOException {
        weights(ONE, "a");
        isMissing(ONE + " belongs with " + TWO + ", which is not there");
        assertThat(ok("commit", "m/" + ONE, "--model", "alone").err()).contains(TWO);
        weights(TWO, "b");
        isWhole();
        file("config.json", "{}");
        isMissing("need " + INDEX);
        file("variables/variables.data-00000-of-00002", "\0");
        isMissing("variables/variables.data-00001-of-00002, which is not there");
    }

    @Test
    void dataBesideAnOnnxModel() throws IOException {
        Files.write(model.resolve("model.onnx"), onnx("model.onnx_data"));
        isMissing("model.onnx keeps weights in model.onnx_data, which is not there");
        assertThat(ok("commit", "m/model.onnx", "--model", "alone").err()).contains("model.onnx_data");
        Files.write(model.resolve("model.onnx_data"), new byte[4]);
        isWhole();
        Files.write(model.resolve("model.onnx"), onnx("../secret"));
        isMissing("does not say which");
    }

    /** A model of one tensor of four bytes in another file (fields of onnx.proto). */
    private static byte[] onnx(String location) throws IOException {
        byte[] entry = field(0x6a, field(0x0a, "location"), field(0x12, location)); // key and value
        byte[] tensor = join(new byte[] {0x08, 1, 0x10, 1}, field(0x42, "w"), entry, new byte[] {0x70, 1});
        return join(new byte[] {0x08, 8}, field(0x3a, field(0x2a, tensor)), new byte[] {0x42, 2, 0x10, 17});
    }

    private static byte[] field(int tag, String text) throws IOException {
        return field(tag, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] field(int tag, byte[]... parts) throws IOException {
        byte[] content = join(parts);
        return join(new byte[] {(byte) tag, (byte) content.length}, content);
    }

    private static byte[] join(byte[]... parts) throws IOException {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.write(part);
        }
        return bytes.toByteArray();
    }

    @Test
    void componentsOfTrees() throws IOException {
        weights("unet/diffusion_pytorch_model.safetensors", "a");
        file("scheduler/scheduler_config.json", "{}");
        String index = "{'_class_name':'P','unet':['d','U'],'scheduler':['d','S'],'safety_checker':[null,null]%s}";
        file("model_index.json", String.format(index, ""));
        isWhole();
        file("model_index.json", String.format(index, ",'vae':['d','V']"));
        isMissing("model_index.json names vae, which is not there");
        file("vae/config.json", "{}");
        isMissing("vae has a config.json, but no weights");
        weights("vae/diffusion_pytorch_model.safetensors", "b");
        file(
                "modules.json",
                "[{'path':'','type':'x.Transformer'},{'path':'1_Pooling','type':'x.Pooling'},"
                        + "{'path':'2_Normalize','type':'x.Normalize'}]");
        isMissing("modules.json names 1_Pooling, which is not there");
    }

    @Test
    void whatOtherFilesDescribe() throws IOException {
        weights("base/model.safetensors", "a");
        file("adapter_config.json", "{}");
        isMissing("adapter_config.json describes an adapter, but its weights");
        weights("adapter_model.safetensors", "b");
        isWhole();
        file("web/model.json", "{'weightsManifest':[{'paths':['group1-shard1of1.bin']}]}");
        isMissing("web/model.json names web/group1-shard1of1.bin, which is not there");
        Files.delete(model.resolve("web/model.json"));
        file("web/eye-weights_manifest.json", "[{'weights':[],'paths':['eye-shard1']}]");
        isMissing("web/eye-weights_manifest.json names web/eye-shard1, which is not there");
        Files.delete(model.resolve("web/eye-weights_manifest.json"));
        file("x.mlpackage/Manifest.json", "{'itemInfoEntries':{'1':{'path':'com.apple.CoreML/weights/weight.bin'}}}");
        isMissing("names x.mlpackage/Data/com.apple.CoreML/weights/weight.bin, which is not there");
        Files.delete(model.resolve("x.mlpackage/Manifest.json"));
        file("dcp/__0_0.distcp", "\0");
        isMissing("dcp/__0_0.distcp needs dcp/.metadata, which is not there");
        file("dcp/.metadata", "\0__0_0.distcp\0__1_0.distcp");
        isMissing("dcp/.metadata names dcp/__1_0.distcp, which is not there");
    }

    @Test
    void downloadsThatDidNotEnd() throws IOException {
        weights("model.safetensors", "a");
        Files.createFile(model.resolve("pytorch_model.bin"));
        isMissing("pytorch_model.bin is empty");
        Files.delete(model.resolve("pytorch_model.bin"));
        Files.write(model.resolve("other.safetensors.part"), new byte[100]);
        isMissing("other.safetensors.part is part of an unfinished download");
        Files.delete(model.resolve("other.safetensors.part"));
        file(".cache/huggingface/download/abc.incomplete", "x");
        isMissing("a download into this folder is unfinished: 1 part");
    }

    @Test
    void theSettingRefusesAsTheOptionDoes() throws IOException {
        weights(ONE, "a");
        assertThat(run(2, "config", "commit.strict", "perhaps").err()).contains("must be true or false");
        ok("config", "commit.strict", "true");
        assertThat(run(1, "commit", "m").err()).contains("is incomplete", TWO, "hint: ");
        assertThat(run(1, "import", "m").err()).contains("left out: m: is incomplete", TWO);
        ok("config", "commit.strict", "false");
        ok("commit", "m");
    }

    @Test
    void anyFileThatIsNamedIsStoredAndAnyOpaqueModelIsSaid() throws IOException {
        byte[] noise = new byte[300_000];
        new java.util.Random(1).nextBytes(noise);
        for (String name : List.of("net.tflite", "notes.txt", "no-suffix", "empty.bin")) {
            Path file = root.resolve(name);
            Files.write(file, name.startsWith("empty") ? new byte[0] : noise);
            String as = name.replace('.', '-');
            ok("commit", name, "--model", as);
            ok("checkout", as, "out-" + as);
            assertThat(root.resolve("out-" + as).resolve(name)).hasSameBinaryContentAs(file);
        }
        assertThat(ok("show", "net-tflite").out()).contains("stored as opaque bytes: net.tflite (TensorFlow)");
        Files.write(model.resolve("net.tflite"), noise);
        Files.write(model.resolve("v9.gguf"), "GGUF\11\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
        file("config.json", "{}");
        assertThat(ok("commit", "m").err())
                .contains("stored as opaque bytes: net.tflite (TensorFlow)")
                .contains("stored as opaque bytes: v9.gguf (it has version 9 of the GGUF format)")
                .doesNotContain("config.json");
        for (String name : List.of("a.mlmodel", "b.mlmodel", "c.mlmodel")) {
            Files.write(Files.createDirectories(root.resolve("many")).resolve(name), noise);
        }
        Files.write(root.resolve("many/old.pkl"), noise);
        Cli.Ran many = ok("commit", "many", "--json");
        assertThat(many.err()).doesNotContain("opaque");
        assertThat(many.json().objects("opaque"))
                .extracting(file -> file.string("path"), file -> file.string("reason"))
                .containsExactly(
                        tuple("a.mlmodel", "Core ML"),
                        tuple("b.mlmodel", "Core ML"),
                        tuple("c.mlmodel", "Core ML"),
                        tuple("old.pkl", "Python pickle"));
        assertThat(ok("show", "many").out())
                .contains("stored as opaque bytes: a.mlmodel and 2 more (Core ML)")
                .contains("stored as opaque bytes: old.pkl (Python pickle)");
        assertThat(ok("show", "m", "--json").json().objects("opaque"))
                .extracting(file -> file.string("path"))
                .containsExactly("net.tflite", "v9.gguf");
        ok("fsck");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "latest | global_step5 | global_step5",
                "latest_checkpointed_iteration.txt | 100 | iter_0000100",
                "checkpoint | model_checkpoint_path: \"run/model.ckpt-7\" | model.ckpt-7.index"
            })
    void aPointerToTheNewestCheckpointLeadsSomewhere(String pointer, String text, String newest) throws IOException {
        weights("model.safetensors", "a");
        Files.writeString(model.resolve(pointer), text + (text.contains(":") ? "\nother: \"x\"\n" : "\n"));
        isMissing(pointer + " names " + newest + ", which is not there");
        if (newest.contains(".")) {
            file(newest, "x");
            file(newest.replace(".index", ".data-00000-of-00001"), "x");
        } else {
            weights(newest + "/model.safetensors", "a");
        }
        isWhole();
    }

    @Test
    void aPointerToTrainingStateThatWasLeftOutIsNoGap() throws IOException {
        weights("model.safetensors", "a");
        file("latest", "global_step5");
        weights("global_step5/mp_rank_00_model_states.pt", "a");
        assertThat(ok("commit", "m", "--model", "m", "--weights-only", "--strict")
                        .err())
                .doesNotContain("incomplete");
    }

    @ParameterizedTest
    @CsvSource({
        "consolidated.00.pth, consolidated.02.pth, consolidated.01.pth",
        "consolidated.01.safetensors, consolidated.02.safetensors, consolidated.00.safetensors",
        "mp_rank_00_model_states.pt, mp_rank_02_model_states.pt, mp_rank_01_model_states.pt",
        "zero_pp_rank_9_mp_rank_00_optim_states.pt, zero_pp_rank_11_mp_rank_00_optim_states.pt, "
                + "zero_pp_rank_10_mp_rank_00_optim_states.pt"
    })
    void ranksAreCountedFromZeroWithoutGaps(String one, String last, String absent) throws IOException {
        weights(one, "a");
        weights(last, "b");
        for (int rank = 0; rank < 9 && one.startsWith("zero"); rank++) {
            weights(one.replace("_9_", "_" + rank + "_"), "c");
        }
        isMissing(last + " belongs with " + absent + ", which is not there");
        weights(absent, "d");
        isWhole();
    }

    @Test
    void kerasListsTheShardsOfEachVariable() throws IOException {
        file("model.weights.json", "{'weight_map':{'/a':['model_00000.weights.h5'],'/b':'model_00001.weights.h5'}}");
        weights("model_00000.weights.h5", "a");
        isMissing("model.weights.json names model_00001.weights.h5, which is not there");
        weights("model_00001.weights.h5", "b");
        isWhole();
    }
}
