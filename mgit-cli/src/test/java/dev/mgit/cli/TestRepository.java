package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A repository in a folder of a test, spoken to as a user would speak to it. */
record TestRepository(Path root) {
    static TestRepository init(Path root) {
        var repository = new TestRepository(root);
        Cli.Ran ran = Cli.run(root.getParent(), "init", root.toString());
        assertThat(ran.exit()).as(ran.err()).isZero();
        return repository;
    }

    Path mgit() {
        return root.resolve(".mgit");
    }

    Cli.Ran run(String... arguments) {
        return Cli.run(root, arguments);
    }

    /** Runs a command that must succeed; returns what it printed. */
    String ok(String... arguments) {
        Cli.Ran ran = run(arguments);
        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.err()).doesNotContain("Exception", "\tat ");
        return ran.out();
    }

    /** The same with what {@code --json} printed. */
    JsonObject json(String... arguments) {
        Cli.Ran ran = run(arguments);
        assertThat(ran.exit()).as("%s", ran).isZero();
        JsonObject json = ran.json();
        assertThat(json.number("schema")).isEqualTo(1);
        return json;
    }

    /** The id of a version. */
    String id(String revision) {
        return ok("log", "-n", "1", "--oneline", revision).split(" ", 2)[0];
    }

    /** A command must fail in one sentence, with nothing on stdout, and leave the store as it was. */
    Cli.Ran refuses(int exit, String sentence, String... arguments) throws IOException {
        TreeMap<String, String> before = stored();
        Cli.Ran ran = run(arguments);
        assertRefused(ran, exit, sentence);
        assertThat(stored()).isEqualTo(before);
        return ran;
    }

    static void assertRefused(Cli.Ran ran, int exit, String sentence) {
        assertThat(ran.exit()).as("%s", ran).isEqualTo(exit);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .matches("error: [^\n\\p{Cntrl}]+\n(hint: [^\n\\p{Cntrl}]+\n)?")
                .contains(sentence);
        assertThat(ran.err()).doesNotContain("internal error", "Exception", "\tat ");
    }

    /** All that counts as state: Git's files, the parameter store's keys, the other files below {@code .mgit}. */
    TreeMap<String, String> stored() throws IOException {
        var state = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(mgit())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = mgit().relativize(file).toString();
                if (!name.startsWith("parameters/") && !name.equals("lock") && !name.startsWith("index/")) {
                    state.put(name, sha256(file));
                }
            }
        }
        try (Repository repository = Repository.open(root)) {
            Optional<ParameterStore> parameters = repository.parametersIfAny();
            if (parameters.isPresent()) {
                try (ParameterStore store = parameters.get()) {
                    store.forEachBlock((id, frame) -> state.put("block " + id.hex(), "" + frame.length));
                    store.forEachObject(
                            object -> state.put("object " + object.id().hex(), "" + object.length()));
                }
            }
        }
        return state;
    }

    /** Every file of a folder by relative path, as the hash of its bytes; mgit's own pointer is no part of it. */
    static TreeMap<String, String> contents(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.equals(folder.resolve(".mgit"))) {
                    contents.put(folder.relativize(file).toString(), sha256(file));
                }
            }
        }
        return contents;
    }

    /** What mgit may leave beside a user's files only until the next command. */
    static boolean holdsStaging(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().startsWith(".mgit-staging-"));
        }
    }

    /** A made safetensors file of one F32 tensor {@code w} of random values. */
    static Path weights(Path file, int seed, int elements) throws IOException {
        Files.createDirectories(file.getParent());
        ByteBuffer data = ByteBuffer.allocate(elements * 4).order(ByteOrder.LITTLE_ENDIAN);
        var random = new Random(seed);
        while (data.hasRemaining()) {
            data.putFloat((float) random.nextGaussian());
        }
        String header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + elements + "],\"data_offsets\":[0," + elements * 4 + "]}}";
        return Files.write(file, safetensors(header, data.array()));
    }

    static byte[] safetensors(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
