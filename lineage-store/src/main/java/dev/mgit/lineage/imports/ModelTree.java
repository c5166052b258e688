package dev.mgit.lineage.imports;

import dev.mgit.delta.format.onnx.OnnxReader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Decides whether a folder is one model with all that lies below it: files that describe the whole say so, or files
 * that belong together by name.
 */
final class ModelTree {
    /** Each describes everything in its folder and below: pipelines, exports, settings and indexes. */
    private static final Set<String> DESCRIPTIONS = Set.of(
            "model_index.json", // diffusers
            "modules.json", // sentence-transformers
            "adapter_config.json", // PEFT
            "saved_model.pb", // TensorFlow
            "genai_config.json", // ONNX Runtime
            "mlc-chat-config.json",
            "open_clip_config.json",
            "_checkpoint_metadata", // Orbax
            "_metadata",
            "mlmodel", // MLflow
            "hyperparams.yaml", // SpeechBrain
            "model_config.yaml", // NeMo
            "params.json", // Llama as published
            "checkpoint"); // TensorFlow 1

    private static final Pattern DESCRIPTION =
            Pattern.compile(".*\\.index\\.json|variables\\.index|.*ckpt.*\\.index|.*\\.mlpackage|.*\\.mlmodelc");

    private static final Pattern SHARD = Pattern.compile("[-_.]?\\d{5}-of-\\d{5}");
    /** What tells variants of one model apart that exporters put into one folder. */
    private static final Pattern VARIANT = Pattern.compile(
            "[-_.](i?q\\d[a-z0-9_]*|tq\\d_\\d|[bf]?f?p?(4|8|16|32)|u?int[48]|bnb4|mxfp4(_moe)?|quantized|quant|o[1-4])$");

    private static final Pattern VARIED = Pattern.compile(".*\\.(gguf|onnx|onnx_data)", Pattern.CASE_INSENSITIVE);

    private ModelTree() {}

    /**
     * Whether a folder is one model.
     *
     * @param children what is in it
     * @param weights those of the children that are weights
     */
    static boolean isOne(Path folder, List<Path> children, List<Path> weights) throws IOException {
        if (isDescribed(folder, children)) {
            return !weights.isEmpty() || ModelFolders.hasWeightsBelow(folder);
        }
        if (has(children, "config.json")) {
            return !weights.isEmpty() || describesWhatIsBelow(children);
        }
        return !weights.isEmpty()
                && belongTogether(weights)
                && children.stream().noneMatch(ModelTree::isModel);
    }

    /** Settings above folders of weights that have none of their own. */
    private static boolean describesWhatIsBelow(List<Path> children) {
        List<Path> below = children.stream().filter(ModelTree::isModel).toList();
        return !below.isEmpty() && below.stream().noneMatch(ModelTree::isModelOfItsOwn);
    }

    private static boolean isDescribed(Path folder, List<Path> children) {
        return DESCRIPTION.matcher(ModelFolders.name(folder)).matches()
                || children.stream()
                        .map(ModelFolders::name)
                        .anyMatch(name -> DESCRIPTIONS.contains(name.toLowerCase(Locale.ROOT))
                                || DESCRIPTION.matcher(name).matches() && !name.contains(".ml"))
                || has(children, "meta.json") && has(children, "config.cfg") // spaCy
                || has(children, "model.json") && children.stream().anyMatch(ModelFolders::isWeights) // TensorFlow.js
                || has(children, ".metadata")
                        && children.stream()
                                .anyMatch(child -> ModelFolders.name(child).endsWith(".distcp"));
    }

    private static boolean has(List<Path> children, String name) {
        return children.stream().anyMatch(child -> ModelFolders.name(child).equals(name));
    }

    private static boolean isModel(Path folder) {
        try {
            return ModelFolders.isFolder(folder)
                    && !ModelFolders.isHidden(folder)
                    && ModelFolders.hasWeightsBelow(folder);
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether a folder would be a model wherever it lay. */
    private static boolean isModelOfItsOwn(Path folder) {
        try {
            List<Path> children = ModelFolders.children(folder);
            return isDescribed(folder, children) || has(children, "config.json");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean belongTogether(List<Path> weights) throws IOException {
        if (weights.stream().map(ModelTree::common).distinct().count() == 1) {
            return true;
        }
        for (Path file : weights) {
            if (keepsDataBeside(file)) {
                return true;
            }
        }
        return false;
    }

    /** What the names of shards, forms and variants of one model share. */
    private static String common(Path file) {
        String stem = ModelFolders.stem(file);
        stem = stem.toLowerCase(Locale.ROOT).endsWith(".onnx") ? stem.substring(0, stem.length() - 5) : stem;
        stem = SHARD.matcher(stem).replaceAll("").toLowerCase(Locale.ROOT);
        if (VARIED.matcher(ModelFolders.name(file)).matches()) {
            stem = stem.replaceFirst("^mmproj[-_]", "");
            for (String shorter = ""; !shorter.equals(stem); ) {
                shorter = stem;
                stem = VARIANT.matcher(stem).replaceFirst("");
            }
        }
        return stem;
    }

    private static boolean keepsDataBeside(Path file) throws IOException {
        if (!ModelFolders.name(file).toLowerCase(Locale.ROOT).endsWith(".onnx") || !Files.isRegularFile(file)) {
            return false;
        }
        try (FileByteSource source = FileByteSource.open(file)) {
            return !OnnxReader.externalTensors(source).isEmpty();
        } catch (FormatException e) {
            return false; // told when it is read
        }
    }
}
