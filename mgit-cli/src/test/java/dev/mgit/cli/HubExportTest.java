package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A version as the folder of a Hugging Face repository: plain files, and a model card that knows its lineage. All made. */
class HubExportTest {
    private static final int DIFFERS = 3;
    private static final int CONFLICT = 5;
    private static final int INTEGRITY = 6;

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;
    private int seed;

    @BeforeEach
    void base() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        model = Files.createDirectories(folder.resolve("model"));
        commit("base", Optional.empty());
    }

    private void commit(String name, Optional<String> card, String... options) throws IOException {
        TestRepository.weights(model.resolve("model.safetensors"), ++seed, 20_000);
        Files.writeString(Files.createDirectories(model.resolve("sub")).resolve("config.json"), "{\"a\":" + seed + "}");
        Files.deleteIfExists(model.resolve("README.md"));
        if (card.isPresent()) {
            Files.writeString(model.resolve("README.md"), card.get());
        }
        String[] words = {"commit", model.toString(), "--model", name};
        String[] all = new String[words.length + options.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(options, 0, all, words.length, options.length);
        repository.ok(all);
    }

    private String exported(String revision, String to) throws IOException {
        repository.ok("export", revision, to);
        return Files.readString(repository.root().resolve(to).resolve("README.md"));
    }

    @Test
    void theFolderHoldsTheFilesBitForBitAndNothingOfMgit() throws IOException {
        repository.ok("export", "base", "out");
        repository.ok("checkout", "base", "checked");
        Path out = repository.root().resolve("out");
        assertThat(out.resolve(".mgit")).doesNotExist();
        assertThat(TestRepository.contents(out))
                .isEqualTo(TestRepository.contents(repository.root().resolve("checked")));
        assertThat(out.resolve("README.md")).doesNotExist();
        assertThat(repository.json("export", "base", "again", "--json").string("card"))
                .isEqualTo("as-it-was");
    }

    @Test
    void aCardIsMadeWhereThereIsNone() throws IOException {
        commit("child", Optional.empty(), "--from", "base", "--trailer", "License=Apache-2.0");
        assertThat(exported("child", "out"))
                .isEqualTo("---\nlicense: apache-2.0\nbase_model: base\nbase_model_relation: finetune\n---\n");
    }

    /** Before and after, {@code |} for a line end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "---|license: mit|---|# Hi| => ---|license: mit|base_model: base|base_model_relation: finetune|---|# Hi|",
                "# Hi| => ---|base_model: base|base_model_relation: finetune|---||# Hi|",
                "--- |# a comment: base_model: x|tags: # why|- a|  # more|---  |x => --- |# a comment: base_model: x|tags: # why|- a|"
                        + "  # more|base_model: base|base_model_relation: finetune|---  |x",
                "---|base_model: org/Base # mine|---| => ---|base_model: org/Base # mine|base_model_relation: finetune|---|",
                "---|base_model:|- base|license: mit|---| => ---|base_model:|- base|license: mit|base_model_relation: finetune|---|",
                "---|base_model: [ 'base' ]|base_model_relation: finetune|---| => "
                        + "---|base_model: [ 'base' ]|base_model_relation: finetune|---|",
                "---|base_model: null|license: mit|---| => ---|base_model: base|license: mit|base_model_relation: finetune|---|",
                "---|text: |-|  base_model: no|  ---|more: \"a|base_model: no\"|---| => "
                        + "---|text: |-|  base_model: no|  ---|more: \"a|base_model: no\"|base_model: base|"
                        + "base_model_relation: finetune|---|",
                "---|not closed: yes| => ---|base_model: base|base_model_relation: finetune|---||---|not closed: yes|",
                "---|---| => ---|base_model: base|base_model_relation: finetune|---|",
                "---|t: {a: [1,|2]}|model-index:|- name: x|  base_model: y|---| => ---|t: {a: [1,|2]}|model-index:|- name: x|"
                        + "  base_model: y|base_model: base|base_model_relation: finetune|---|",
            })
    void everyOtherByteOfTheCardStays(String beforeAndAfter) throws IOException {
        String[] cards = beforeAndAfter.split(" => ", -1);
        for (String lineEnd : new String[] {"\n", "\r\n"}) {
            String name = lineEnd.length() == 1 ? "unix" : "dos";
            commit(name, Optional.of(cards[0].replace("|", lineEnd)), "--from", "base");
            assertThat(exported(name, "out-" + name)).isEqualTo(cards[1].replace("|", lineEnd));
        }
    }

    @Test
    void bytesThatAreNoTextStay() throws IOException {
        byte[] card = "---\nlicense: \u00c5---\nmore: \u00e9\u0085\u00ff\n---\n\0\u00fe"
                .getBytes(StandardCharsets.ISO_8859_1);
        commit("child", Optional.of("x"), "--from", "base");
        Files.write(model.resolve("README.md"), card);
        repository.ok("commit", model.toString(), "--model", "odd", "--from", "base");
        repository.ok("export", "odd", "out");
        assertThat(new String(
                        Files.readAllBytes(repository.root().resolve("out/README.md")), StandardCharsets.ISO_8859_1))
                .isEqualTo("---\nlicense: \u00c5---\nmore: \u00e9\u0085\u00ff\nbase_model: base\n"
                        + "base_model_relation: finetune\n---\n\0\u00fe");
    }

    @Test
    void aCardThatSaysOtherwiseIsKeptAndSaid() throws IOException {
        String card = "---\nbase_model: org/another # said\nlicense: mit\n---\n";
        commit("child", Optional.of(card), "--from", "base");
        Cli.Ran kept = repository.run("export", "child", "out");
        assertThat(kept.exit()).isEqualTo(DIFFERS);
        assertThat(kept.err()).contains("README.md says 'base_model: org/another'", "hint: --force");
        assertThat(repository.root().resolve("out/README.md")).hasContent(card);
        assertThat(repository.run("export", "child", "json", "--json").json().string("card"))
                .isEqualTo("contradicts");
        repository.ok("export", "child", "forced", "--force");
        assertThat(repository.root().resolve("forced/README.md"))
                .hasContent("---\nbase_model: base\nlicense: mit\nbase_model_relation: finetune\n---\n");
    }

    @Test
    void anotherRelationIsAContradictionToo() throws IOException {
        commit("child", Optional.of("---\nbase_model_relation: quantized\nbase_model: base\n---\n"), "--from", "base");
        assertThat(repository.run("export", "child", "out").exit()).isEqualTo(DIFFERS);
        repository.ok("export", "child", "forced", "--force");
        assertThat(repository.root().resolve("forced/README.md"))
                .hasContent("---\nbase_model_relation: finetune\nbase_model: base\n---\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"---\n{license: mit}\n---\n", "---\n- a\n- b\n---\n", "---\njust text\n---\n"})
    void frontMatterOfAnotherShapeIsLeftAndSaid(String card) throws IOException {
        commit("child", Optional.of(card), "--from", "base");
        Cli.Ran kept = repository.run("export", "child", "out", "--force");
        assertThat(kept.exit()).isEqualTo(DIFFERS);
        assertThat(kept.err()).contains("front matter of README.md");
        assertThat(repository.root().resolve("out/README.md")).hasContent(card);
    }

    @ParameterizedTest
    @CsvSource({
        "finetune, finetune",
        "rl, finetune",
        "continue-pretrain, finetune",
        "distill, finetune",
        "prune, finetune",
        "search, finetune",
        "quantize, quantized",
        "cast, quantized",
        "adapter, adapter",
        "merge, merge",
        "convert,",
        "copy,",
        "other,"
    })
    void kindsInTheWordsOfTheHub(String kind, String relation) throws IOException {
        commit("child", Optional.empty(), "--from", "base=" + kind);
        assertThat(exported("child", "out"))
                .isEqualTo("---\nbase_model: base\n"
                        + (relation == null ? "" : "base_model_relation: " + relation + "\n") + "---\n");
    }

    @Test
    void aMergeNamesAllOfItsParentsAndALaterVersionTheSame() throws IOException {
        commit("other", Optional.empty());
        commit("merged", Optional.empty(), "--from", "base=merge", "--from", "other=merge");
        String card = "---\nbase_model:\n- base\n- other\nbase_model_relation: merge\n---\n";
        assertThat(exported("merged", "out")).isEqualTo(card);
        commit("merged", Optional.empty());
        assertThat(exported("merged", "later")).isEqualTo(card);
        repository.ok("mv", "other", "renamed");
        assertThat(exported("merged", "last")).contains("- renamed\n");
    }

    @Test
    void aBaseIsCalledAsItIsOnTheHub() throws IOException {
        Files.writeString(model.resolve("config.json"), "{\"_name_or_path\":\"org/base-7b\"}");
        commit("root", Optional.empty());
        commit("child", Optional.empty(), "--from", "root");
        assertThat(exported("child", "out")).contains("base_model: org/base-7b\n");
        // The fine-tune's own configuration says what it was loaded from, which is not what it is.
        commit("grandchild", Optional.empty(), "--from", "child");
        assertThat(exported("grandchild", "out2")).contains("base_model: child\n");
        for (String local : new String[] {"/home/me/base", "./base", "out/checkpoint-500", "../x", "a/b/c", "a--b"}) {
            Files.writeString(model.resolve("config.json"), "{\"_name_or_path\":\"" + local + "\"}");
            commit("local" + seed, Optional.empty());
            commit("of", Optional.empty(), "--from", "local" + (seed - 1));
            assertThat(exported("of", "out" + seed)).doesNotContain(local);
        }
    }

    @Test
    void anAdapterNamesTheBaseItsConfigurationNames() throws IOException {
        Files.writeString(
                model.resolve("adapter_config.json"),
                "{\"base_model_name_or_path\":\"org/base\",\"peft_type\":\"LORA\"}");
        commit("lora", Optional.empty(), "--from", "base=adapter");
        assertThat(exported("lora", "out")).isEqualTo("---\nbase_model: org/base\nbase_model_relation: adapter\n---\n");
    }

    @Test
    void namesThatYamlWouldTakeForSomethingElseAreQuoted() throws IOException {
        for (String name : new String[] {"123", "true", "1e3", "null"}) {
            commit(name, Optional.empty());
            commit("of-" + name, Optional.empty(), "--from", name);
            assertThat(exported("of-" + name, "out-" + name)).contains("base_model: \"" + name + "\"\n");
        }
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        Path out = Files.createDirectories(repository.root().resolve("out"));
        repository.ok("export", "base", "out");
        repository.refuses(CONFLICT, "'" + out + "' is not empty", "export", "base", "out");
        Path file = Files.writeString(repository.root().resolve("file"), "mine");
        repository.refuses(CONFLICT, "'" + file + "' exists", "export", "base", "file", "--force");
        Path link = Files.createSymbolicLink(repository.root().resolve("link"), Path.of("nowhere"));
        repository.refuses(CONFLICT, "'" + link + "' exists", "export", "base", "link");
        repository.refuses(2, "inside the repository's own folder", "export", "base", ".mgit/out");
        assertThat(file).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource({
        "--format tar | unknown format 'tar'",
        "--format modelpack | cannot be written to 'out'",
    })
    void wrongWords(String words) throws IOException {
        String[] parts = words.split(" \\| ");
        String[] options = parts[0].split(" ");
        repository.refuses(2, parts[1], "export", "base", "out", options[0], options[1]);
        repository.refuses(2, "names no place", "export", "base", "oci:");
    }

    @Test
    void aDamagedStoreGivesNoFolder() throws IOException {
        try (var files = Files.walk(repository.mgit().resolve("parameters"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".blob")
                            || path.toString().endsWith(".sst")
                            || path.toString().endsWith(".log"))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (int at = 200; at < bytes.length - 200; at += 50) {
                    bytes[at] ^= 1;
                }
                Files.write(file, bytes);
            }
        }
        for (String target : new String[] {"out", "oci:out", "oci-archive:out"}) {
            Cli.Ran ran = repository.run("export", "base", target);
            assertThat(ran.exit()).as("%s", ran).isEqualTo(INTEGRITY);
            assertThat(repository.root().resolve("out")).doesNotExist();
            assertThat(TestRepository.holdsStaging(repository.root())).isFalse();
        }
    }

    @Test
    void theHubsOwnLibraryReadsTheCards() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("huggingface_hub");
        assumeTrue(python.isPresent(), "no Python with huggingface_hub");
        commit("other", Optional.empty());
        commit(
                "merged",
                Optional.of("---\r\nlicense: mit\r\n---\r\nbody"),
                "--from",
                "base=merge",
                "--from",
                "other=merge");
        exported("merged", "out");
        String read = python.get()
                .run(
                        "import sys; from huggingface_hub import ModelCard; c = ModelCard.load(sys.argv[1]);"
                                + "print(c.data.license, c.data.base_model, c.data.base_model_relation, c.text.strip())",
                        repository.root().resolve("out/README.md"));
        assertThat(read.strip()).isEqualTo("mit ['base', 'other'] merge body");
    }
}
