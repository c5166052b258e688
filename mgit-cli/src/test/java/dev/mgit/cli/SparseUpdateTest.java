package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.fixtures.PythonEnv;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What changed between two versions' weights, sent as indices and values, and taken in again. All made. */
class SparseUpdateTest {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int GATE = 4;
    private static final int CONFLICT = 5;
    private static final int INTEGRITY = 6;
    /** More than is compared at a time. */
    private static final int ELEMENTS = 700_000;

    private static final int[] CHANGED = {0, 1, 2, 77, 262_143, 262_144, 524_287, ELEMENTS - 1};

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;
    private Path patch;

    /** A tensor of a file: its dtype and data. */
    private static final class Made {
        private final String dtype;
        private final byte[] data;

        Made(String dtype, byte[] data) {
            this.dtype = dtype;
            this.data = data;
        }

        String dtype() {
            return dtype;
        }

        /** Not a copy: changing it changes the tensor. */
        byte[] data() {
            return data;
        }

        int elements() {
            return data.length / (dtype.equals("I64") ? 8 : dtype.endsWith("32") ? 4 : 2);
        }
    }

    private static void save(Path file, Map<String, Made> tensors, Map<String, String> metadata) throws IOException {
        var json = new StringBuilder("{\"__metadata__\":{");
        metadata.forEach((key, value) -> json.append(json.charAt(json.length() - 1) == '{' ? "" : ",")
                .append('"')
                .append(key)
                .append("\":\"")
                .append(value)
                .append('"'));
        json.append('}');
        var data = new ByteArrayOutputStream();
        tensors.forEach((name, made) -> {
            int start = data.size();
            data.writeBytes(made.data());
            json.append(",\"" + name + "\":{\"dtype\":\"" + made.dtype() + "\",\"shape\":[" + made.elements()
                    + "],\"data_offsets\":[" + start + "," + data.size() + "]}");
        });
        Files.write(file, TestRepository.safetensors(json.append('}').toString(), data.toByteArray()));
    }

    private static Made random(String dtype, int elements, int seed) {
        byte[] data = new byte[elements * (dtype.endsWith("32") ? 4 : 2)];
        new Random(seed).nextBytes(data);
        return new Made(dtype, data);
    }

    @BeforeEach
    void twoVersions() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        model = Files.createDirectories(folder.resolve("model"));
        patch = repository.root().resolve("patch.safetensors");
        Files.writeString(model.resolve("config.json"), "{}");
        Map<String, Made> tensors = new LinkedHashMap<>();
        tensors.put("w", random("F32", ELEMENTS, 1));
        tensors.put("half", random("BF16", 1000, 2));
        tensors.put("same", random("F16", 1000, 3));
        // Numbers that only their bits tell apart: zeros, and NaNs with something to say.
        ByteBuffer half = ByteBuffer.wrap(tensors.get("half").data()).order(ByteOrder.LITTLE_ENDIAN);
        half.putShort(0, (short) 0)
                .putShort(2, (short) 0x8000)
                .putShort(4, (short) 0x7fc0)
                .putShort(6, (short) 0x7fc0);
        save(model.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        repository.ok("commit", model.toString(), "--model", "base");
        half.putShort(0, (short) 0x8000).putShort(4, (short) 0x7fc1).putShort(6, (short) 0xffc0);
        ByteBuffer w = ByteBuffer.wrap(tensors.get("w").data()).order(ByteOrder.LITTLE_ENDIAN);
        for (int element : CHANGED) {
            w.putInt(element * 4, ~w.getInt(element * 4));
        }
        save(model.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        repository.ok("commit", model.toString(), "--model", "child", "--from", "base=rl");
    }

    private void export() {
        repository.ok("export", "--sparse", "base", "child", "patch.safetensors");
    }

    private static Map<String, int[]> indices(Path file) throws IOException {
        Map<String, int[]> found = new TreeMap<>();
        try (FileByteSource source = FileByteSource.open(file)) {
            for (SafetensorsHeader.Entry entry : SafetensorsHeader.parse(source).tensors()) {
                byte[] bytes = new byte[(int) entry.length()];
                source.read(entry.offset(), bytes, 0, bytes.length);
                if (entry.spec().name().endsWith(".idx")) {
                    int[] all = new int[bytes.length / 4];
                    ByteBuffer.wrap(bytes)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .asIntBuffer()
                            .get(all);
                    found.put(entry.spec().name(), all);
                }
            }
        }
        return found;
    }

    @Test
    void onlyElementsWhoseBitsDifferAreSent() throws IOException {
        export();
        Map<String, int[]> sent = indices(patch);
        assertThat(sent).containsOnlyKeys("half.idx", "w.idx");
        assertThat(sent.get("w.idx")).containsExactly(CHANGED);
        assertThat(sent.get("half.idx")).containsExactly(0, 2, 3);
        try (FileByteSource source = FileByteSource.open(patch)) {
            assertThat(SafetensorsHeader.parse(source).metadata())
                    .containsEntry("format", "sparse_weight_patch")
                    .containsEntry("sparse", "True")
                    .containsEntry("encoding", "raw")
                    .containsEntry("num_changed_params", "2")
                    .containsEntry("total_changed_elements", "11")
                    .containsEntry("total_elements", String.valueOf(ELEMENTS + 2000))
                    .containsEntry(
                            "mgit.parent",
                            repository.json("show", "base", "--json").string("id"))
                    .containsEntry("mgit.kind", "rl")
                    .containsKeys("mgit.parent_sha256", "mgit.result_sha256");
        }
    }

    @Test
    void takenInItMakesTheSameBytesAndTheSameEdge() throws IOException {
        export();
        assertThat(repository.ok("commit", "--sparse", "patch.safetensors", "--from", "base", "--model", "copy"))
                .contains("(new model)", "rl of base@", "11 elements changed in 2 tensors");
        repository.ok("checkout", "copy", "out");
        assertThat(TestRepository.contents(repository.root().resolve("out"))).isEqualTo(TestRepository.contents(model));
        repository.ok("fsck");
    }

    @Test
    void onTheNewestVersionOfItsModelItIsTheNext() throws IOException {
        export();
        String before = repository.id("base");
        assertThat(repository.ok("commit", "--sparse", "patch.safetensors", "--from", "base"))
                .doesNotContain("rl of");
        assertThat(repository.id("base~1")).isEqualTo(before);
        repository.refuses(
                CONFLICT,
                "base has moved on to",
                "commit",
                "--sparse",
                "patch.safetensors",
                "--from",
                "base~1",
                "--model",
                "base");
        repository.refuses(
                USAGE, "is not the newest version", "commit", "--sparse", "patch.safetensors", "--from", before);
    }

    @Test
    void aKindThatIsGivenIsTaken() {
        export();
        assertThat(repository.ok("commit", "--sparse", "patch.safetensors", "--from", "base=prune", "--model", "copy"))
                .contains("prune of base@");
    }

    @Test
    void whatOneStepSentAppliesToThatStepOnly() throws IOException {
        export();
        repository.refuses(
                FAILED, "those of", "commit", "--sparse", "patch.safetensors", "--from", "child", "--model", "x");
        // The same weights under another name are as good.
        repository.ok("checkout", "base", "again");
        Files.writeString(repository.root().resolve("again/more.txt"), "x");
        repository.ok("commit", "again", "--model", "twin");
        repository.ok("commit", "--sparse", "patch.safetensors", "--from", "twin", "--model", "y");
    }

    @Test
    void versionsWithoutADifferenceMakeAnEmptyUpdate() throws IOException {
        repository.ok("export", "--sparse", "base", "base", "patch.safetensors");
        assertThat(indices(patch)).isEmpty();
        repository.refuses(FAILED, "nothing to commit", "commit", "--sparse", "patch.safetensors", "--from", "base");
    }

    @Test
    void tensorsThatComeGoOrChangeShapeAreRefused() throws IOException {
        Map<String, Made> tensors = new LinkedHashMap<>();
        tensors.put("half", random("F16", 1000, 2));
        tensors.put("same", random("F16", 999, 3));
        tensors.put("fresh", random("F16", 10, 3));
        save(model.resolve("model.safetensors"), tensors, Map.of());
        repository.ok("commit", model.toString(), "--model", "other", "--from", "base");
        Cli.Ran ran = repository.refuses(
                FAILED, "tensors come, go or change shape", "export", "--sparse", "base", "other", "patch.safetensors");
        assertThat(ran.err())
                .contains(
                        "half (BF16 [1000], now F16 [1000])",
                        "same (F16 [1000], now F16 [999])",
                        "w (removed)",
                        "and 1 more");
        assertThat(patch).doesNotExist();
    }

    @Test
    void wrongWordsAndPlaces() throws IOException {
        repository.refuses(USAGE, "a file named *.safetensors", "export", "--sparse", "base", "child", "out");
        repository.refuses(
                USAGE, "neither --format", "export", "--sparse", "base", "child", "x.safetensors", "--force");
        Files.writeString(patch, "mine");
        repository.refuses(CONFLICT, "exists", "export", "--sparse", "base", "child", "patch.safetensors");
        repository.refuses(FAILED, "is no sparse update", "commit", "--sparse", "patch.safetensors", "--from", "base");
        repository.refuses(USAGE, "cannot read", "commit", "--sparse", "nowhere.safetensors", "--from", "base");
        Files.delete(patch);
        export();
        repository.refuses(USAGE, "applies to one version, not 0", "commit", "--sparse", "patch.safetensors");
        repository.refuses(
                USAGE, "no PATH", "commit", model.toString(), "--sparse", "patch.safetensors", "--from", "base");
        repository.refuses(
                USAGE, "--sparse takes", "commit", "--sparse", "patch.safetensors", "--from", "base", "--detect");
    }

    /** As another program would send it: no word of what it applies to. */
    private void send(String encoding, String indexType, long[] indices, Made values) throws IOException {
        int width = indexType.equals("I64") ? 8 : indexType.endsWith("32") ? 4 : 2;
        ByteBuffer bytes = ByteBuffer.allocate(indices.length * width).order(ByteOrder.LITTLE_ENDIAN);
        for (long index : indices) {
            switch (width) {
                case 8 -> bytes.putLong(index);
                case 4 -> bytes.putInt((int) index);
                default -> bytes.putShort((short) index);
            }
        }
        Map<String, Made> tensors = new LinkedHashMap<>();
        tensors.put("half.idx", new Made(indexType, bytes.array()));
        tensors.put("half.val", values);
        save(patch, tensors, Map.of("format", "sparse_weight_patch", "sparse", "True", "encoding", encoding));
    }

    @ParameterizedTest
    @CsvSource({"raw, I32, 3 500 999", "raw, I64, 3 500 999", "gap_delta, U16, 3 496 498", "gap_delta, U32, 3 496 498"})
    void whatTrlSendsIsTaken(String encoding, String type, String numbers) throws IOException {
        Made values = random("BF16", 3, 9);
        send(
                encoding,
                type,
                Arrays.stream(numbers.split(" ")).mapToLong(Long::parseLong).toArray(),
                values);
        assertThat(repository.ok("commit", "--sparse", "patch.safetensors", "--from", "base", "--model", "step"))
                .contains("rl of base@", "3 elements changed in 1 tensor");
        repository.ok("export", "--sparse", "base", "step", "back.safetensors");
        assertThat(indices(repository.root().resolve("back.safetensors")).get("half.idx"))
                .containsExactly(3, 500, 999);
        byte[] back = Files.readAllBytes(repository.root().resolve("back.safetensors"));
        assertThat(new String(back, StandardCharsets.ISO_8859_1))
                .endsWith(new String(values.data(), StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({
        "raw, I32, 3 1000, 2, index 1000 of 'half' is outside its 1000 elements",
        "raw, I32, -1 3, 2, index -1 of 'half' is outside",
        "raw, I64, 3 9223372036854775807, 2, index 9223372036854775807 of 'half' is outside",
        "raw, I32, 5 3, 2, index 3 of 'half' comes after 5",
        "raw, I32, 3 3, 2, so it is there twice",
        "gap_delta, U32, 3 4294967295, 2, is outside its 1000 elements",
        "raw, I32, 1 2 3, 2, one list of the same length",
        "raw, U16, 1 2, 2, the indices of 'half' are U16",
        "nvcomp_cascaded, I32, 1 2, 2, its indices are encoded as 'nvcomp_cascaded'",
    })
    void indicesThatMakeNoSenseChangeNothing(String encoding, String type, String numbers, int values, String sentence)
            throws IOException {
        send(
                encoding,
                type,
                Arrays.stream(numbers.split(" ")).mapToLong(Long::parseLong).toArray(),
                random("BF16", values, 9));
        repository.refuses(
                FAILED, sentence, "commit", "--sparse", "patch.safetensors", "--from", "base", "--model", "x");
        assertThat(repository.mgit().resolve("hooks/patches"))
                .satisfiesAnyOf(
                        patches -> assertThat(patches).doesNotExist(),
                        patches -> assertThat(patches).isEmptyDirectory());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dtype", "name", "half a pair", "whole tensors", "packed"})
    void tensorsThatDoNotFitChangeNothing(String what) throws IOException {
        Made one = new Made("I32", new byte[] {7, 0, 0, 0});
        Map<String, Made> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>(Map.of("format", "sparse_weight_patch"));
        String sentence = switch (what) {
            case "dtype" -> {
                tensors.put("half.idx", one);
                tensors.put("half.val", random("F16", 1, 1));
                yield "its values for 'half' are F16, the tensor is BF16";
            }
            case "name" -> {
                tensors.put("nobody.idx", one);
                tensors.put("nobody.val", random("F16", 1, 1));
                yield "has no tensor 'nobody'";
            }
            case "half a pair" -> {
                tensors.put("half.val", random("BF16", 1, 1));
                yield "'half.val' has no 'half.idx'";
            }
            case "whole tensors" -> {
                tensors.put("half", random("BF16", 1000, 1));
                metadata.put("sparse", "False");
                yield "it is a file of whole tensors";
            }
            default -> {
                tensors.put("half.idx", one);
                tensors.put("half.val", random("BF16", 1, 1));
                tensors.put("stray", one);
                yield "'stray' is not half of a pair";
            }
        };
        save(patch, tensors, metadata);
        repository.refuses(
                FAILED, sentence, "commit", "--sparse", "patch.safetensors", "--from", "base", "--model", "x");
    }

    @Test
    void aFlippedBitInTheValuesIsFound() throws IOException {
        export();
        byte[] bytes = Files.readAllBytes(patch);
        bytes[bytes.length - 1] ^= 1;
        Files.write(patch, bytes);
        repository.refuses(
                INTEGRITY,
                "does not make the weights it promises",
                "commit",
                "--sparse",
                "patch.safetensors",
                "--from",
                "base");
    }

    @Test
    void formatsWithChecksumsCannotBePatched() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("numpy");
        assumeTrue(python.isPresent(), "no Python with numpy");
        Path npz = Files.createDirectories(folder.resolve("npz")).resolve("model.npz");
        python.get().run("import sys, numpy; numpy.savez(sys.argv[1], half=numpy.zeros(1000, 'float16'))", npz);
        repository.ok("commit", npz.getParent().toString(), "--model", "npz");
        send("raw", "I32", new long[] {1}, random("F16", 1, 1));
        repository.refuses(
                FAILED,
                "whose elements cannot be replaced",
                "commit",
                "--sparse",
                "patch.safetensors",
                "--from",
                "npz");
    }

    @Test
    void shardsAndOtherFilesAreCarriedOver() throws IOException {
        Map<String, Made> first = new LinkedHashMap<>();
        first.put("a", random("F32", 500, 1));
        Map<String, Made> second = new LinkedHashMap<>();
        second.put("b", random("F32", 500, 2));
        Path sharded = Files.createDirectories(folder.resolve("sharded"));
        Files.writeString(sharded.resolve("config.json"), "{\"x\":1}");
        save(sharded.resolve("model-00001-of-00002.safetensors"), first, Map.of());
        save(sharded.resolve("model-00002-of-00002.safetensors"), second, Map.of());
        repository.ok("commit", sharded.toString(), "--model", "sharded");
        second.get("b").data()[1999] ^= 64;
        save(sharded.resolve("model-00002-of-00002.safetensors"), second, Map.of());
        repository.ok("commit", sharded.toString(), "--model", "sharded");
        repository.ok("export", "--sparse", "sharded~1", "sharded", "patch.safetensors");
        assertThat(indices(patch)).containsOnlyKeys("b.idx");
        repository.ok("commit", "--sparse", "patch.safetensors", "--from", "sharded~1", "--model", "again");
        repository.ok("checkout", "again", "out");
        assertThat(TestRepository.contents(repository.root().resolve("out")))
                .isEqualTo(TestRepository.contents(sharded));
    }

    @Test
    void thePreCommitHooksAreAsked() throws IOException {
        export();
        repository.ok("hooks", "add", "no", "--event", "pre-commit", "--on", "all", "--shell", "--", "exit 1");
        TreeMap<String, String> before = repository.stored();
        Cli.Ran ran = repository.run("commit", "--sparse", "patch.safetensors", "--from", "base", "--model", "x");
        assertThat(ran.exit()).as("%s", ran).isEqualTo(GATE);
        assertThat(ran.err()).contains("hook 'no' refused the version");
        TreeMap<String, String> after = repository.stored();
        after.keySet().removeIf(name -> name.startsWith("hooks/"));
        before.keySet().removeIf(name -> name.startsWith("hooks/"));
        assertThat(after).isEqualTo(before);
    }

    @Test
    void theReferenceLibraryReadsItAndTheDigestCanBeMadeAnywhere() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("safetensors", "numpy");
        assumeTrue(python.isPresent(), "no Python with safetensors");
        export();
        List<String> program = new ArrayList<>();
        program.add("import sys, json, hashlib, struct");
        program.add("def tensors(path):");
        program.add("    raw = open(path, 'rb').read(); n = struct.unpack('<Q', raw[:8])[0]");
        program.add("    head = json.loads(raw[8:8 + n]); head.pop('__metadata__', None)");
        program.add(
                "    return {k: (v['dtype'], v['shape'], bytearray(raw[8 + n + v['data_offsets'][0]:8 + n + v['data_offsets'][1]]))"
                        + " for k, v in head.items()}");
        program.add("from safetensors import safe_open");
        program.add(
                "with safe_open(sys.argv[2], 'np') as f: meta = f.metadata(); idx = {k: f.get_tensor(k) for k in f.keys() if k.endswith('.idx')}");
        program.add("base, patch = tensors(sys.argv[1]), tensors(sys.argv[2])");
        program.add("for key, where in idx.items():");
        program.add("    data, val = base[key[:-4]][2], patch[key[:-4] + '.val'][2]; size = len(val) // len(where)");
        program.add(
                "    for i, at in enumerate(where): data[at * size:(at + 1) * size] = val[i * size:(i + 1) * size]");
        program.add("h = hashlib.sha256()");
        program.add("for k in sorted(base, key=str.encode):");
        program.add("    d, s, b = base[k]");
        program.add(
                "    h.update((json.dumps([k, d, s, hashlib.sha256(b).hexdigest()], separators=(',', ':'), ensure_ascii=False) + '\\n').encode())");
        program.add("print(h.hexdigest() == meta['mgit.result_sha256'])");
        repository.ok("checkout", "base", "out");
        assertThat(python.get()
                        .run(String.join("\n", program), repository.root().resolve("out/model.safetensors"), patch)
                        .strip())
                .isEqualTo("True");
    }
}
