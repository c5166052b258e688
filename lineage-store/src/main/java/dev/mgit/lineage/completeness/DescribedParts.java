package dev.mgit.lineage.completeness;

import dev.mgit.delta.format.FileKind;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.completeness.CheckpointContents.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Files that describe others: an adapter's settings, manifests of TensorFlow.js and Core ML, indexes and graphs. */
final class DescribedParts implements Completeness.Check {
    private static final Pattern DISTRIBUTED = Pattern.compile("__\\d+_\\d+\\.distcp");
    private static final long LONGEST_POINTER = 4096;
    private static final long LONGEST_METADATA = 16L << 20;

    @Override
    public void look(CheckpointContents contents, MissingParts gaps) throws IOException {
        for (File file : contents.all()) {
            switch (file.name()) {
                case "adapter_config.json" -> adapter(contents, file, gaps);
                case "model.json" -> tensorFlowJs(contents, file, gaps);
                case "Manifest.json" -> coreMl(contents, file, gaps);
                case ".metadata" -> distributed(file, gaps);
                case "latest" -> pointer(contents, file, "(global_step\\d+)", step -> step, gaps);
                case "latest_checkpointed_iteration.txt" ->
                    pointer(contents, file, "(\\d+)", DescribedParts::iteration, gaps);
                case "checkpoint" ->
                    pointer(
                            contents,
                            file,
                            "model_checkpoint_path: *\"(?:[^\"]*/)?([^\"/]+)\"[^$]*",
                            name -> name + ".index",
                            gaps);
                default -> {
                    if (file.name().endsWith(".weights.json")) {
                        keras(contents, file, gaps);
                    } else if (file.name().endsWith("weights_manifest.json")) {
                        tensorFlowJs(contents, file, gaps);
                    } else {
                        twin(contents, file, gaps);
                    }
                }
            }
        }
    }

    private static void adapter(CheckpointContents contents, File config, MissingParts gaps) {
        boolean weights = contents.all().stream()
                .filter(file -> file.folder().equals(config.folder()) && file.size() > 0)
                .filter(file -> FileKind.byName(file.name()).isPresent())
                .anyMatch(file -> file.name().matches(".*(adapter|lora|ia3|prompt|prefix).*"));
        if (!weights) {
            gaps.say(config.path() + " describes an adapter, but its weights (adapter_model.safetensors or .bin) are "
                    + "missing");
        }
    }

    /** A manifest is an object's, or a file of its own that lists the groups. */
    private static void tensorFlowJs(CheckpointContents contents, File file, MissingParts gaps) throws IOException {
        Object manifest = contents.json(file).orElse(null);
        try {
            List<?> groups = manifest instanceof JsonObject model
                    ? model.objects("weightsManifest")
                    : manifest instanceof List<?> list ? list : List.of();
            List<String> paths = new ArrayList<>();
            for (Object group : groups) {
                if (group instanceof JsonObject object) {
                    object.strings("paths").forEach(path -> paths.add(file.folder() + path));
                }
            }
            gaps.missing(file.path() + " names", paths);
        } catch (JsonException e) {
            gaps.say(file.path() + " has a weightsManifest that cannot be read: " + e.getMessage());
        }
    }

    /**
     * A line that names the newest of several checkpoints beside it: DeepSpeed's, Megatron's, TensorFlow's. Training
     * state that was left out on purpose is not missed.
     */
    private static void pointer(
            CheckpointContents contents, File file, String content, UnaryOperator<String> named, MissingParts gaps)
            throws IOException {
        if (file.size() > LONGEST_POINTER) {
            return;
        }
        Matcher newest = Pattern.compile(content, Pattern.DOTALL)
                .matcher(new String(Files.readAllBytes(file.onDisk()), StandardCharsets.UTF_8).strip());
        if (newest.matches()) {
            String path = file.folder() + named.apply(newest.group(1));
            if (!contents.ignores(path) && !contents.has(file.folder() + newest.group(1))) {
                gaps.missing(file.path() + " names", List.of(path));
            }
        }
    }

    /** Megatron's folder names have seven digits and more. */
    private static String iteration(String number) {
        return "iter_" + "0".repeat(Math.max(0, 7 - number.length())) + number;
    }

    /** Keras writes a list of shards for each variable. */
    private static void keras(CheckpointContents contents, File file, MissingParts gaps) throws IOException {
        if (contents.json(file).orElse(null) instanceof JsonObject index
                && index.members().get("weight_map") instanceof JsonObject shards) {
            gaps.missing(
                    file.path() + " names",
                    shards.members().values().stream()
                            .flatMap(shard -> shard instanceof List<?> several ? several.stream() : Stream.of(shard))
                            .filter(String.class::isInstance)
                            .map(shard -> file.folder() + shard)
                            .sorted()
                            .toList());
        }
    }

    private static void coreMl(CheckpointContents contents, File file, MissingParts gaps) throws IOException {
        if (contents.json(file).orElse(null) instanceof JsonObject manifest
                && manifest.members().get("itemInfoEntries") instanceof JsonObject entries) {
            gaps.missing(
                    file.path() + " names",
                    entries.members().values().stream()
                            .filter(JsonObject.class::isInstance)
                            .map(entry -> ((JsonObject) entry).members().get("path"))
                            .filter(String.class::isInstance)
                            .map(path -> file.folder() + "Data/" + path)
                            .toList());
        }
    }

    /** The pickle that torch.distributed.checkpoint writes last names each rank's files. */
    private static void distributed(File file, MissingParts gaps) throws IOException {
        if (file.size() > LONGEST_METADATA) {
            return;
        }
        Matcher names = DISTRIBUTED.matcher(new String(Files.readAllBytes(file.onDisk()), StandardCharsets.ISO_8859_1));
        var shards = new TreeSet<String>();
        while (names.find()) {
            shards.add(file.folder() + names.group());
        }
        gaps.missing(file.path() + " names", shards);
    }

    /** Files of one name and two suffixes, of which one is no use without the other. */
    private static void twin(CheckpointContents contents, File file, MissingParts gaps) {
        String name = file.name().toLowerCase(Locale.ROOT);
        if (name.endsWith(".distcp")) {
            gaps.missing(file.path() + " needs", List.of(file.folder() + ".metadata"));
        } else if (name.startsWith("openvino_") && name.endsWith(".xml")) {
            gaps.missing(file.path() + " needs", List.of(withSuffix(file, ".bin")));
        } else if (name.endsWith(".pdmodel")) {
            gaps.missing(file.path() + " needs", List.of(withSuffix(file, ".pdiparams")));
        } else if (name.equals("variables.index") || name.matches(".*ckpt.*\\.index")) {
            String stem = withSuffix(file, ".data-");
            if (contents.all().stream().noneMatch(other -> other.path().startsWith(stem))) {
                gaps.missing(file.path() + " needs", List.of(stem + "00000-of-00001"));
            }
        }
    }

    private static String withSuffix(File file, String suffix) {
        return file.path().substring(0, file.path().lastIndexOf('.')) + suffix;
    }
}
