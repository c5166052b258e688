package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        assertThat(ran.err()).contains("models/lost", "parameter store './parameter_store/' are not read");
        assertThat(repository.ok("log", "--oneline", "models/bert").lines()).hasSize(2);
        assertThat(repository.ok("show", "models/sentiment")).contains("finetune of models/bert@");
        Cli.Ran again = repository.run("import", "--mgit", graph.toString());
        assertThat(again.out()).contains("imported 0 versions (3 already here, 1 left out)");
        assertThat(repository.ok("log", "--oneline", "models/bert").lines()).hasSize(2);
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
