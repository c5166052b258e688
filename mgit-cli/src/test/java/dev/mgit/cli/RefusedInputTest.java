package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.SmallDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be committed is refused in one sentence and leaves no trace in the store. All files are made here. */
class RefusedInputTest {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;

    @BeforeEach
    void oneModelIsCommitted() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        model = TestRepository.weights(folder.resolve("good/model.safetensors"), 1, 2000)
                .getParent();
        repository.ok("commit", model.toString(), "--model", "good");
        Files.writeString(model.resolve("config.json"), "{}"); // so that there would be something to commit
    }

    private void refuses(int exit, String sentence) throws IOException {
        repository.refuses(exit, sentence, "commit", model.toString(), "--model", "good");
    }

    @Test
    void aPathThatDoesNotExist() throws IOException {
        repository.refuses(USAGE, "there is no file or folder", "commit", "nowhere", "--model", "x");
        Files.createSymbolicLink(repository.root().resolve("dangling"), folder.resolve("nowhere"));
        repository.refuses(USAGE, "there is no file or folder", "commit", "dangling", "--model", "x");
    }

    @Test
    void aFolderWithoutWeights() throws IOException {
        Path empty = Files.createDirectories(repository.root().resolve("empty"));
        repository.refuses(FAILED, "there are no weights in", "commit", "empty");
        Files.writeString(empty.resolve("config.json"), "{}");
        repository.refuses(FAILED, "there are no weights in", "commit", "empty");
    }

    @Test
    void anEmptyWeightsFile() throws IOException {
        Files.write(model.resolve("model.safetensors"), new byte[0]);
        refuses(FAILED, "at least 10 bytes");
        Files.write(model.resolve("model.onnx"), new byte[0]);
        refuses(FAILED, "model.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "-x", "a b~", "@{", "", "a//b", "/a", "a.lock", ".a", "HEAD", "a\u0007b", "a\nb"})
    void aModelNameThatIsNoLegalReference(String name) throws IOException {
        repository.refuses(USAGE, "is not a valid name for a model", "commit", model.toString(), "--model=" + name);
        repository.refuses(USAGE, "is not a valid name for a model", "branch", "--", name, "good");
        repository.refuses(USAGE, "is not a valid name for a model", "mv", "--", "good", name);
        if (!name.isEmpty()) {
            repository.refuses(USAGE, "is not a valid name for a tag", "tag", "--", name, "good");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"good/next", "team"})
    void aModelNameThatIsAFolderOfOthers(String name) throws IOException {
        repository.ok("branch", "team/one", "good");
        repository.refuses(USAGE, "cannot create", "commit", model.toString(), "--model", name);
        repository.refuses(USAGE, "cannot create", "branch", name, "good");
    }

    @Test
    void anUnknownRevisionIsAnsweredWithTheNearest() throws IOException {
        for (String command : new String[] {"show", "log", "checkout"}) {
            Cli.Ran ran = repository.refuses(USAGE, "unknown revision 'goood'", command, "goood");
            assertThat(ran.err()).contains("hint: did you mean 'good'?");
        }
        repository.refuses(USAGE, "unknown revision", "commit", model.toString(), "--from", "godo");
        for (String odd : new String[] {"good@{9}", "a..b", "@{", "^", "\u0000", "0000000000"}) {
            repository.refuses(USAGE, "unknown revision", "show", "--", odd);
        }
        repository.refuses(USAGE, "':/x' is not a revision of mgit", "show", "--", ":/x");
        repository.refuses(USAGE, "'good~99' goes back past the first version of good", "show", "good~99");
        repository.refuses(USAGE, "there is already a model 'good'", "tag", "good", "good");
        repository.ok("tag", "fixed", "good");
        for (String[] command : new String[][] {
            {"branch", "fixed", "good"}, {"mv", "good", "fixed"}, {"commit", model.toString(), "--model", "fixed"}
        }) {
            repository.refuses(USAGE, "there is already a tag 'fixed'", command);
        }
    }

    private static final String TENSOR = "{\"w\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":%s}}";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[-2]  | [0,8]  | whole numbers from 0",
                "[2]   | [-8,0] | whole numbers from 0",
                "[2]   | [8,0]  | before it begins",
                "[2]   | [0,4]  | takes 8 bytes",
                "[3037000500,3037000500] | [0,8] | w",
                "[9223372036854775807,2] | [0,8] | w",
                "[99999999999999999999]  | [0,8] | whole numbers from 0",
                "[4]   | [0,16] | only 8 bytes",
                "[1]   | [4,8]  | leaving a hole",
            })
    void aSafetensorsHeaderOfImpossibleNumbers(String shape, String offsets, String sentence) throws IOException {
        damaged(String.format(TENSOR, shape, offsets), 8, sentence);
    }

    @Test
    void aSafetensorsHeaderThatContradictsItself() throws IOException {
        String f32 = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":";
        damaged("{\"a\":" + f32 + "[0,8]},\"b\":" + f32 + "[4,12]}}", 12, "overlapping");
        damaged("{\"a\":" + f32 + "[0,8]},\"a\":" + f32 + "[8,16]}}", 16, "a");
        damaged("{\"a\":" + "{\"x\":".repeat(5000) + "1" + "}".repeat(5000) + "}", 8, "model.safetensors");
        damaged("{\"a\":" + f32 + "[0,8]}", 8, "model.safetensors");
        damaged("{\"a\\u001b[31m\\n\\u0007\":" + f32 + "[0,9]}}", 8, "takes 8 bytes");
        damaged("{\"" + "a".repeat(10_000) + "\":" + f32 + "[0,9]}}", 8, "...");
    }

    private void damaged(String header, int dataBytes, String sentence) throws IOException {
        Files.write(model.resolve("model.safetensors"), TestRepository.safetensors(header, new byte[dataBytes]));
        refuses(FAILED, sentence);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 1 << 20, 1})
    void aSafetensorsHeaderOfAFalseLength(long length) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(model.resolve("model.safetensors")));
        Files.write(
                model.resolve("model.safetensors"),
                file.order(ByteOrder.LITTLE_ENDIAN).putLong(0, length).array());
        refuses(FAILED, "header");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 9, 40, 4000})
    void aTruncatedSafetensorsFile(int bytes) throws IOException {
        Path file = model.resolve("model.safetensors");
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), bytes));
        refuses(FAILED, "model.safetensors");
    }

    /** Hand-made protobuf: a model, its graph (field 7), an initialiser (field 5) with shape, type, name and data. */
    private static byte[] onnx(int... initialiser) {
        byte[] bytes = new byte[6 + initialiser.length];
        int[] head = {0x08, 8, 0x3a, 2 + initialiser.length, 0x2a, initialiser.length};
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i < 6 ? head[i] : initialiser[i - 6]);
        }
        return bytes;
    }

    @Test
    void aHostileOnnxFile() throws IOException {
        Map<String, byte[]> files = Map.of(
                "shape against data", onnx(0x08, 3, 0x10, 1, 0x42, 1, 'w', 0x4a, 4, 0, 0, 0, 0),
                "negative dimension",
                        onnx(
                                0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0x10, 1, 0x42, 1, 'w',
                                0x4a, 4, 0, 0, 0, 0),
                "enormous dimension",
                        onnx(
                                0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x10, 1, 0x42, 1, 'w', 0x4a,
                                4, 0, 0, 0, 0),
                "data beyond the end", onnx(0x08, 1, 0x10, 1, 0x42, 1, 'w', 0x4a, 0x7f, 0),
                "endless varint", onnx(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
                "deep nesting", nested(5000),
                "cut off", new byte[] {0x08, 8, 0x3a});
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Files.write(model.resolve("model.onnx"), file.getValue());
            Cli.Ran ran = repository.refuses(FAILED, "model.onnx", "commit", model.toString(), "--model", "good");
            assertThat(ran.err()).as(file.getKey()).isNotEmpty();
        }
    }

    /** A graph in an attribute (field 5, then 6) of a node (field 1) of a graph, over and over. */
    private static byte[] nested(int depth) {
        byte[] inner = {};
        int[] fields = {0x32, 0x2a, 0x0a};
        for (int i = 0; i < depth; i++) {
            inner = field(fields[i % 3], inner);
        }
        byte[] graph = field(0x3a, inner);
        return ByteBuffer.allocate(2 + graph.length)
                .put((byte) 8)
                .put((byte) 8)
                .put(graph)
                .array();
    }

    private static byte[] field(int tag, byte[] content) {
        ByteBuffer out = ByteBuffer.allocate(content.length + 6);
        out.put((byte) tag);
        int length = content.length;
        for (; length > 0x7f; length >>>= 7) {
            out.put((byte) (length & 0x7f | 0x80));
        }
        out.put((byte) length).put(content);
        return Arrays.copyOf(out.array(), out.position());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb.txt", "a\u001b[31mb", "back\\slash", "tab\t"})
    void aFileNameOfControlCharactersOrABackslash(String name) throws IOException {
        Files.writeString(model.resolve(name), "x");
        refuses(FAILED, "has characters that not every system can store");
    }

    @Test
    void aFileNameThatIsNoUnicode() throws Exception {
        Process made = new ProcessBuilder("bash", "-c", "touch $'bad\\xff\\xfename.bin'")
                .directory(model.toFile())
                .start();
        assumeTrue(Await.exit(made) == 0, "this file system takes no such name");
        refuses(FAILED, "is not UTF-8");
        Files.writeString(model.resolve(".mgitignore"), "bad*\n");
        repository.ok("commit", model.toString(), "--model", "good");
    }

    /** As Java gives the argument to mgit; a folder of this name would not be the one that was meant. */
    @Test
    void aPathThatIsNoUnicode() throws IOException {
        repository.ok("commit", model.toString(), "--model", "good");
        repository.refuses(2, "is not UTF-8", "checkout", "good", "o\ufffdt");
        repository.refuses(2, "is not UTF-8", "-C", "o\ufffd", "init", "x");
        repository.refuses(2, "is not UTF-8", "commit", "o\ufffd/x");
        assertThat(repository.root().resolve("o\ufffdt")).doesNotExist();
    }

    @Test
    void aShardIndexThatLeadsOutOfItsFolderIsAFileLikeAnyOther() throws IOException {
        Path index = model.resolve("model.safetensors.index.json");
        for (String file : new String[] {"../../secret", "/etc/passwd", "a\\u0000b"}) {
            Files.writeString(index, "{\"weight_map\":{\"w\":\"" + file + "\"}}");
            repository.ok("commit", model.toString(), "--model", "good");
            repository.ok("checkout", "good", "out", "--force");
            assertThat(repository.root().resolve("out").resolve("model.safetensors.index.json"))
                    .hasSameBinaryContentAs(index);
        }
    }

    @Test
    void linksThatLeadOutsideToFoldersNowhereOrInCircles() throws IOException {
        Path link = model.resolve("link");
        Path secret = Files.writeString(folder.resolve("secret"), "x");
        Path sub = Files.createDirectory(model.resolve("sub"));
        Files.writeString(sub.resolve("x.txt"), "x");
        Path[] targets = {secret, Path.of("../secret"), folder, sub, Path.of("nowhere"), Path.of("link"), Path.of(".")};
        for (Path target : targets) {
            Files.createSymbolicLink(link, target);
            String fault = Files.exists(link)
                    ? "the link 'link' points outside the model's folder or to a folder: "
                    : "the link 'link' is broken";
            refuses(FAILED, fault);
            Files.delete(link);
        }
        Files.createSymbolicLink(link, Path.of("sub/x.txt"));
        repository.ok("commit", model.toString(), "--model", "good");
        repository.ok("checkout", "good", "out");
        assertThat(repository.root().resolve("out/link")).isRegularFile().hasContent("x");
    }

    @Test
    void aPipe() throws Exception {
        Process made = new ProcessBuilder("mkfifo", model.resolve("pipe").toString()).start();
        assumeTrue(Await.exit(made) == 0, "no pipes here");
        refuses(FAILED, "'pipe' is not a regular file");
        repository.refuses(
                FAILED, "not a regular file", "commit", model.resolve("pipe").toString(), "--model", "p");
    }

    @Test
    void aFileThatMayNotBeRead() throws IOException {
        Path secret = Files.writeString(model.resolve("secret.json"), "{}");
        assertThat(secret.toFile().setReadable(false)).isTrue();
        assumeTrue(!Files.isReadable(secret), "this user may read everything");
        refuses(FAILED, "no permission for");
    }

    @Test
    void aRepositoryOnAReadOnlyDisk() throws IOException {
        Optional<SmallDisk> found = SmallDisk.ofBytes(16 << 20);
        assumeTrue(found.isPresent(), "this user may not mount");
        try (SmallDisk disk = found.get()) {
            TestRepository there = TestRepository.init(disk.root().resolve("repo"));
            there.ok("commit", model.toString(), "--model", "good");
            disk.makeReadOnly();
            there.refuses(FAILED, "read-only file system", "commit", model.toString(), "--model", "next");
            there.refuses(FAILED, "read-only file system", "tag", "v1", "good");
            TestRepository.assertRefused(Cli.run(disk.root(), "init", "other"), FAILED, "read-only file system");
            assertThat(there.ok("log")).contains("Add good");
            assertThat(there.ok("show", "good")).contains("model.safetensors");
            repository.refuses(FAILED, "read-only file system", "checkout", "good", disk.root() + "/out");
            String out = folder.resolve("out").toString();
            there.ok("checkout", "good", out);
            assertThat(there.ok("status", out)).contains("good at ", "unchanged");
            for (String reading : List.of(
                    "fsck", "du", "graph", "find --tensor-name w", "diff good " + out, "blame good", "impact good")) {
                there.ok(reading.split(" "));
            }
            disk.makeWritable();
            there.ok("checkout", "good", out);
        }
    }

    @Test
    void aFileThatIsWrittenToWhileItIsRead() throws Exception {
        Path file = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        TestRepository fresh = TestRepository.init(folder.resolve("fresh"));
        String[] commit = {"commit", model.toString(), "--model", "good"};
        try (PausedCommand command = PausedCommand.start(fresh.root(), commit)) {
            Path parameters = fresh.mgit().resolve("parameters");
            command.until("it stores what it reads", () -> Files.exists(parameters));
            bytes[bytes.length - 1]++;
            Files.write(file, bytes);
            Crash.Ended ended = command.finish();
            TestRepository.assertRefused(
                    new Cli.Ran(ended.exit(), "", ended.output()),
                    FAILED,
                    "'model.safetensors' changed while it was being read");
        }
        assertThat(fresh.ok("branch")).isEqualTo("No models yet\n");
        fresh.ok("commit", model.toString(), "--model", "good");
    }

    @Test
    void aCommandOutsideAnyRepository() throws IOException {
        TestRepository.assertRefused(Cli.run(folder, "commit", model.toString()), FAILED, "not in an mgit repository");
        assertThat(new String(Files.readAllBytes(model.resolve("config.json")), StandardCharsets.UTF_8))
                .isEqualTo("{}");
    }
}
