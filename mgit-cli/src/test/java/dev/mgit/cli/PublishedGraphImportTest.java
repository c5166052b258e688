package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit import --mgit} on a graph by hand in the published MGit's format; made weights. */
class PublishedGraphImportTest {
    @TempDir
    private Path temp;

    private TestRepository repository;
    private Path graph;

    @BeforeEach
    void writeTheGraph() throws IOException {
        repository = TestRepository.init(temp.resolve("repository"));
        MadeModel base = Families.base("bert", 1, ModelShape.TINY);
        Path models = Files.createDirectory(temp.resolve("models"));
        base.writeTo(models);
        Families.fineTuned(base, "bert_v2", 2, 1e-3).writeTo(models);
        Families.fineTuned(base, "sentiment", 3, 1e-3).writeTo(models);
        graph = temp.resolve("lineage_graph.json");
        write(
                node("models/bert", "", ""),
                node("models/sentiment", "models/bert", ""),
                node("models/bert_v2", "models/bert", "models/bert"),
                node("models/lost", "models/sentiment", ""));
    }

    private static String node(String name, String adapted, String versioned) {
        return "\"" + name + "\": {\"output_dir\": \"" + name + "\", \"model_type\": \"bert\", \"is_delta\": false, "
                + "\"test_name_list\": [\"accuracy\"], \"test_result_dict\": {\"accuracy\": 0.9}, "
                + "\"model_init_function_path\": \"evil.py\", \"parent_dict\": {\"adapted\": [" + quoted(adapted)
                + "], \"versioned\": [" + quoted(versioned) + "]}}";
    }

    private static String quoted(String name) {
        return name.isEmpty() ? "" : "\"" + name + "\"";
    }

    private void write(String... nodes) throws IOException {
        Files.writeString(
                graph,
                "{\"root\": [\"models/bert\"], \"nodes\": {" + String.join(", ", nodes)
                        + "}, \"log\": {}, \"model_type_to_tests\": {\"bert\": [\"robustness\"]}, \"test_dict\": {}, "
                        + "\"param_home\": \"./parameter_store/\"}");
    }

    @Test
    void nodesBecomeVersionsWithTheirEdges() {
        Cli.Ran ran = repository.run("import", "--mgit", graph.toString());
        assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
        assertThat(ran.err())
                .contains("models/lost", "no parameter store './parameter_store/' with all its parameters");
        assertThat(repository.ok("log", "--oneline", "models/bert").lines()).hasSize(2);
        assertThat(repository.ok("show", "models/sentiment")).contains("finetune of models/bert@");
        Cli.Ran again = repository.run("import", "--mgit", graph.toString());
        assertThat(again.out()).contains("imported 0 versions (3 already here, 1 left out)");
        assertThat(repository.ok("log", "--oneline", "models/bert").lines()).hasSize(2);
    }

    /** Written by PyTorch, see {@code make.py} beside it. */
    private Path store() throws Exception {
        Path from = Path.of(Objects.requireNonNull(getClass().getResource("/published-mgit"))
                .toURI());
        Path to = temp.resolve("published");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    @Test
    void modelsWithoutAFolderComeFromTheParameterStoreBitForBit() throws Exception {
        Path published = store();
        JsonObject expected = Json.parseObject(Files.readAllBytes(published.resolve("weights.json")));

        String said = repository.ok(
                "import", "--mgit", published.resolve("lineage_graph.json").toString());

        assertThat(said).contains("imported 3 versions", "finetune of models/child@");
        for (String model : List.of("models/base", "models/child", "models/grandchild")) {
            Path out = temp.resolve("out").resolve(model);
            repository.ok("checkout", model, out.toString());
            Path file = out.resolve("model.safetensors");
            try (FileByteSource source = FileByteSource.open(file)) {
                SafetensorsHeader header = SafetensorsHeader.parse(source);
                assertThat(header.tensors()).hasSize(4);
                for (SafetensorsHeader.Entry tensor : header.tensors()) {
                    byte[] data = new byte[(int) tensor.length()];
                    source.read(tensor.offset(), data, 0, data.length);
                    assertThat(HexFormat.of().formatHex(Hashes.sha256().digest(data)))
                            .isEqualTo(
                                    expected.string(model + "-" + tensor.spec().name()));
                }
            }
        }
        assertThat(repository.ok(
                        "import",
                        "--mgit",
                        published.resolve("lineage_graph.json").toString()))
                .contains("imported 0 versions (3 already here, 0 left out)");
        assertThat(published.resolve("models")).doesNotExist();
    }

    @Test
    void aParameterThatIsNotWhatItsNameSaysLeavesItsModelsOut() throws Exception {
        Path published = store();
        Path file = file(published, "models/base-embed.weight");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);

        Cli.Ran ran = repository.run(
                "import", "--mgit", published.resolve("lineage_graph.json").toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err())
                .contains("left out: models/base", "(embed.weight): it is not what its name says")
                .doesNotContain("Exception");
        assertThat(ran.out()).contains("imported 0 versions");
        Files.delete(file);
        assertThat(repository
                        .run(
                                "import",
                                "--mgit",
                                published.resolve("lineage_graph.json").toString())
                        .err())
                .contains("left out: models/base: the parameter store has no file '");
    }

    @Test
    void aPickleThatMeansHarmIsNeverRun() throws Exception {
        Path published = store();
        Path file = file(published, "models/base-layer.bias");
        byte[] pickle = "cos\nsystem\n(S'touch harmed'\ntR.".getBytes(StandardCharsets.US_ASCII);
        var zip = new ByteArrayOutputStream();
        try (var out = new ZipOutputStream(zip)) {
            var entry = new ZipEntry("archive/data.pkl");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(pickle.length);
            var crc = new CRC32();
            crc.update(pickle);
            entry.setCrc(crc.getValue());
            out.putNextEntry(entry);
            out.write(pickle);
        }
        Files.write(file, zip.toByteArray());

        Cli.Ran ran = repository.run(
                "import", "--mgit", published.resolve("lineage_graph.json").toString());

        assertThat(ran.err()).contains("its pickle would call os.system, which no checkpoint needs");
        assertThat(repository.root().resolve("harmed")).doesNotExist();
    }

    private static Path file(Path published, String parameter) throws IOException {
        JsonObject hashes = Json.parseObject(Files.readAllBytes(published.resolve("lineage_graph.json")))
                .object("entanglement_tracker")
                .object("global_to_hash");
        return published.resolve("parameter_store").resolve(hashes.string(parameter));
    }

    @Test
    void aGraphThatContradictsItselfIsRefused() throws IOException {
        write(node("models/bert", "models/none", ""));
        repository.refuses(1, "which is no node", "import", "--mgit", graph.toString());
        write(node("a", "b", ""), node("b", "", "a"));
        repository.refuses(1, "is among its own ancestors", "import", "--mgit", graph.toString());
        Files.writeString(graph, "{\"nodes\": [1]}");
        repository.refuses(1, "is no lineage graph", "import", "--mgit", graph.toString());
        repository.refuses(2, "there is no file", "import", "--mgit", "none.json");
        write(node("../outside", "", ""));
        assertThat(repository.run("import", "--mgit", graph.toString()).err()).contains("there is no checkpoint in");
    }
}
