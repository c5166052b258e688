package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version as a CNCF ModelPack artifact, read back by the rules of the two specifications. All made. */
class ModelPackExportTest {
    private static final String MODEL = "application/vnd.cncf.model.";
    private static final Set<String> CONFIG_FIELDS = Set.of("descriptor", "modelfs", "config");
    private static final Set<String> DESCRIPTOR_FIELDS = Set.of(
            "createdAt",
            "authors",
            "family",
            "name",
            "docURL",
            "sourceURL",
            "datasetsURL",
            "version",
            "revision",
            "vendor",
            "licenses",
            "title",
            "description");
    private static final Set<String> TECHNICAL_FIELDS =
            Set.of("architecture", "format", "paramSize", "precision", "quantization", "capabilities");

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void lineage() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        Path model = Files.createDirectories(folder.resolve("model/onnx")).getParent();
        Files.writeString(model.resolve("config.json"), "{\"model_type\":\"bert\"}");
        Files.writeString(model.resolve("README.md"), "---\nlicense: mit\n---\n");
        Files.writeString(model.resolve("modeling.py"), "pass\n");
        Files.writeString(model.resolve("vocab.txt"), "a\nb\n");
        Files.writeString(model.resolve("empty.json"), "");
        Files.writeString(model.resolve("also-empty.json"), "");
        Path script = Files.writeString(model.resolve("run.sh"), "#!/bin/sh\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        TestRepository.weights(model.resolve("onnx/first.safetensors"), 1, 300_000);
        TestRepository.weights(model.resolve("second.safetensors"), 1, 300_000);
        repository.ok("commit", model.toString(), "--model", "base");
        TestRepository.weights(model.resolve("second.safetensors"), 2, 300_000);
        repository.ok("commit", model.toString(), "--model", "child", "--from", "base=rl");
        TestRepository.weights(model.resolve("second.safetensors"), 3, 300_000);
        repository.ok("commit", model.toString(), "--model", "child");
    }

    private String digest(String revision, String target) {
        return repository.json("export", revision, target, "--json").string("digest");
    }

    @Test
    void everyBlobIsWhatItsDescriptorSaysAndEveryFileIsThere() throws IOException {
        String digest = digest("child", "oci:out");
        JsonObject manifest = validated(repository.root().resolve("out"), digest);
        repository.ok("checkout", "child", "checked");
        var files = new TreeMap<String, String>();
        for (JsonObject layer : manifest.objects("layers")) {
            files.put(
                    layer.object("annotations").string("org.cncf.model.filepath"),
                    layer.string("digest").substring("sha256:".length()));
        }
        assertThat(files).isEqualTo(TestRepository.contents(repository.root().resolve("checked")));
    }

    @Test
    void filesAreOfTheKindsTheSpecificationNames() throws IOException {
        JsonObject manifest = validated(repository.root().resolve("out"), digest("child", "oci:out"));
        var types = new TreeMap<String, String>();
        manifest.objects("layers")
                .forEach(layer -> types.put(
                        layer.object("annotations").string("org.opencontainers.image.title"),
                        layer.string("mediaType").substring(MODEL.length())));
        assertThat(types)
                .containsEntry("config.json", "weight.config.v1.raw")
                .containsEntry("vocab.txt", "weight.config.v1.raw")
                .containsEntry("README.md", "doc.v1.raw")
                .containsEntry("modeling.py", "code.v1.raw")
                .containsEntry("run.sh", "code.v1.raw")
                .containsEntry("onnx/first.safetensors", "weight.v1.raw")
                .containsEntry("second.safetensors", "weight.v1.raw");
        JsonObject config = blob(repository.root().resolve("out"), manifest.object("config"));
        assertThat(config.object("config").members())
                .isEqualTo(Map.of("format", "safetensors", "paramSize", "600.0K", "precision", "fp32"));
        assertThat(config.object("descriptor").string("family")).isEqualTo("bert");
        assertThat(config.object("descriptor").strings("licenses")).containsExactly("mit");
    }

    @Test
    void theSameVersionIsTheSameBytes() throws IOException {
        String digest = digest("child", "oci-archive:one.tar");
        assertThat(digest("child", "oci-archive:two.tar")).isEqualTo(digest);
        assertThat(digest("child", "oci:out")).isEqualTo(digest);
        Path root = repository.root();
        assertThat(root.resolve("one.tar")).hasSameBinaryContentAs(root.resolve("two.tar"));
        Path unpacked = unpack(root.resolve("one.tar"), folder.resolve("unpacked"));
        assertThat(TestRepository.contents(unpacked)).isEqualTo(TestRepository.contents(root.resolve("out")));
        validated(unpacked, digest);
    }

    @Test
    void parentsAreNamedByTheDigestsOfTheirOwnExports() throws IOException {
        String base = digest("base", "oci:base");
        String first = digest("child~1", "oci:first");
        JsonObject manifest =
                validated(repository.root().resolve("first"), first).object("annotations");
        assertThat(manifest.string("org.opencontainers.image.base.digest")).isEqualTo(base);
        assertThat(parents(manifest))
                .containsExactly(Map.of("digest", base, "kind", "rl", "model", "base", "version", fullId("base")));
        JsonObject second = validated(repository.root().resolve("second"), digest("child", "oci:second"))
                .object("annotations");
        assertThat(parents(second))
                .containsExactly(
                        Map.of("digest", first, "kind", "version", "model", "child", "version", fullId("child~1")));
        assertThat(second.string("dev.mgit.version")).isEqualTo(fullId("child"));
        JsonObject root = validated(repository.root().resolve("base"), base).object("annotations");
        assertThat(parents(root)).isEmpty();
        assertThat(root.has("org.opencontainers.image.base.digest")).isFalse();
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        Path file = Files.writeString(repository.root().resolve("taken"), "mine");
        repository.refuses(5, "'" + file + "' exists", "export", "base", "oci-archive:taken");
        repository.refuses(5, "'" + file + "' exists", "export", "base", "oci:taken");
        repository.refuses(2, "--force is for the model card", "export", "base", "oci:new", "--force");
        assertThat(file).hasContent("mine");
    }

    @Test
    void orasCopiesAndPullsIt() throws IOException {
        assumeTrue(onThePath("oras"), "oras is not on the PATH");
        String digest = digest("child", "oci-archive:out.tar");
        String reference = repository.root().resolve("out.tar") + "@" + digest;
        tool(
                "oras",
                "pull",
                "--oci-layout",
                reference,
                "-o",
                folder.resolve("pulled").toString());
        repository.ok("checkout", "child", "checked");
        assertThat(TestRepository.contents(folder.resolve("pulled")))
                .isEqualTo(TestRepository.contents(repository.root().resolve("checked")));
    }

    @Test
    void skopeoCopiesIt() throws IOException {
        assumeTrue(onThePath("skopeo"), "skopeo is not on the PATH");
        String digest = digest("child", "oci-archive:out.tar");
        Path copy = folder.resolve("copy");
        tool(
                "skopeo",
                "copy",
                "--insecure-policy",
                "oci-archive:" + repository.root().resolve("out.tar"),
                "oci:" + copy + ":x");
        validated(copy, digest);
    }

    private static boolean onThePath(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private void tool(String... words) throws IOException {
        Path said = folder.resolve("said");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(Await.exit(process)).as(Files.readString(said)).isZero();
    }

    private String fullId(String revision) throws IOException {
        return repository.json("show", revision, "--json").string("id");
    }

    private static List<Map<String, Object>> parents(JsonObject annotations) {
        String json = "{\"all\":" + annotations.string("dev.mgit.parents+json") + "}";
        return Json.parseObject(json.getBytes(StandardCharsets.UTF_8)).objects("all").stream()
                .map(parent -> (Map<String, Object>) new TreeMap<String, Object>(parent.members()))
                .toList();
    }

    /** Holds a layout against the rules of the OCI image and the ModelPack specifications. */
    private static JsonObject validated(Path layout, String digest) throws IOException {
        assertThat(Json.parseObject(Files.readAllBytes(layout.resolve("oci-layout")))
                        .string("imageLayoutVersion"))
                .isEqualTo("1.0.0");
        JsonObject index = Json.parseObject(Files.readAllBytes(layout.resolve("index.json")));
        assertThat(index.number("schemaVersion")).isEqualTo(2);
        JsonObject entry = index.objects("manifests").get(0);
        assertThat(entry.string("digest")).isEqualTo(digest);
        assertThat(entry.string("mediaType")).isEqualTo("application/vnd.oci.image.manifest.v1+json");
        JsonObject manifest = blob(layout, entry);
        assertThat(manifest.number("schemaVersion")).isEqualTo(2);
        assertThat(manifest.string("mediaType")).isEqualTo("application/vnd.oci.image.manifest.v1+json");
        assertThat(manifest.string("artifactType")).isEqualTo(MODEL + "manifest.v1+json");
        manifest.object("annotations")
                .members()
                .values()
                .forEach(value -> assertThat(value).isInstanceOf(String.class));
        JsonObject config = blob(layout, manifest.object("config"));
        assertThat(manifest.object("config").string("mediaType")).isEqualTo(MODEL + "config.v1+json");
        assertThat(config.members().keySet()).isEqualTo(CONFIG_FIELDS);
        assertThat(DESCRIPTOR_FIELDS)
                .containsAll(config.object("descriptor").members().keySet());
        assertThat(Instant.parse(config.object("descriptor").string("createdAt")))
                .isNotNull();
        assertThat(TECHNICAL_FIELDS)
                .containsAll(config.object("config").members().keySet());
        assertThat(config.object("modelfs").string("type")).isEqualTo("layers");
        List<JsonObject> layers = manifest.objects("layers");
        assertThat(config.object("modelfs").strings("diffIds"))
                .isEqualTo(layers.stream().map(layer -> layer.string("digest")).toList())
                .isNotEmpty();
        for (JsonObject layer : layers) {
            assertThat(layer.string("mediaType"))
                    .matches("application/vnd\\.cncf\\.model\\.(weight|weight\\.config|doc|code)" + "\\.v1\\.raw");
            requireBlob(layout, layer);
            JsonObject annotations = layer.object("annotations");
            JsonObject metadata = Json.parseObject(
                    annotations.string("org.cncf.model.file.metadata+json").getBytes(StandardCharsets.UTF_8));
            String path = annotations.string("org.cncf.model.filepath");
            assertThat(metadata.string("name")).isEqualTo(path.substring(path.lastIndexOf('/') + 1));
            assertThat(metadata.number("size")).isEqualTo(layer.number("size"));
            assertThat(metadata.number("mode")).isEqualTo(path.equals("run.sh") ? 0755 : 0644);
            assertThat(metadata.number("typeflag")).isEqualTo('0');
            assertThat(annotations.string("org.cncf.model.file.mediatype.untested"))
                    .isIn("true", "false");
        }
        return manifest;
    }

    private static JsonObject blob(Path layout, JsonObject descriptor) throws IOException {
        return Json.parseObject(requireBlob(layout, descriptor));
    }

    private static byte[] requireBlob(Path layout, JsonObject descriptor) throws IOException {
        String digest = descriptor.string("digest");
        byte[] bytes = Files.readAllBytes(layout.resolve("blobs").resolve(digest.replace(':', '/')));
        try {
            String hex = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            assertThat("sha256:" + hex).isEqualTo(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
        assertThat(bytes.length).isEqualTo(Math.toIntExact(descriptor.number("size")));
        return bytes;
    }

    /** Reads a tar file by its records. */
    private static Path unpack(Path tar, Path to) throws IOException {
        byte[] bytes = Files.readAllBytes(tar);
        assertThat(bytes.length % 512).isZero();
        for (int at = 0; bytes[at] != 0; ) {
            String name = text(bytes, at, 100);
            int size = Integer.parseInt(text(bytes, at + 124, 12), 8);
            int sum = 0;
            for (int i = 0; i < 512; i++) {
                sum += i >= 148 && i < 156 ? ' ' : bytes[at + i] & 0xff;
            }
            assertThat(Integer.parseInt(text(bytes, at + 148, 8).strip(), 8)).isEqualTo(sum);
            assertThat(text(bytes, at + 257, 6)).isEqualTo("ustar");
            Path file = to.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, Arrays.copyOfRange(bytes, at + 512, at + 512 + size));
            at += 512 + (size + 511) / 512 * 512;
        }
        return to;
    }

    private static String text(byte[] bytes, int at, int most) {
        int end = at;
        while (end < at + most && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.US_ASCII);
    }
}
