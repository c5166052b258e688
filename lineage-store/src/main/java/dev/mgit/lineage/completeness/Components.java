package dev.mgit.lineage.completeness;

import dev.mgit.delta.format.FileKind;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.completeness.CheckpointContents.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The parts of models that are trees: diffusers' pipelines and sentence-transformers' modules. */
final class Components implements Completeness.Check {
    private static final String CONFIG = "config.json";

    @Override
    public void look(CheckpointContents contents, MissingParts gaps) throws IOException {
        for (File file : contents.all()) {
            if (file.name().equals("model_index.json")
                    && contents.json(file).orElse(null) instanceof JsonObject index) {
                pipeline(contents, file, index, gaps);
            } else if (file.name().equals("modules.json")
                    && contents.json(file).orElse(null) instanceof List<?> modules) {
                modules(file, modules, gaps);
            }
        }
    }

    /** {@code "unet": ["diffusers", "UNet2DConditionModel"]}; nulls stand for a part that was left out on purpose. */
    private static void pipeline(CheckpointContents contents, File file, JsonObject index, MissingParts gaps) {
        List<String> folders = new ArrayList<>();
        for (Map.Entry<String, ?> member : index.members().entrySet()) {
            boolean component = !member.getKey().startsWith("_")
                    && member.getValue() instanceof List<?> library
                    && library.size() == 2
                    && library.stream().allMatch(String.class::isInstance);
            if (component) {
                folders.add(file.folder() + member.getKey());
            }
        }
        gaps.missing(file.path() + " names", folders);
        for (String folder : folders) {
            if (contents.has(folder + "/" + CONFIG) && !hasWeights(contents, folder + "/")) {
                gaps.say(folder + " has a " + CONFIG + ", but no weights");
            }
        }
    }

    private static boolean hasWeights(CheckpointContents contents, String folder) {
        return contents.files().tailMap(folder).values().stream()
                .takeWhile(file -> file.path().startsWith(folder))
                .anyMatch(
                        file -> file.size() > 0 && FileKind.byName(file.name()).isPresent());
    }

    /** Normalizing needs no files, so its folder is nowhere kept. */
    private static void modules(File file, List<?> modules, MissingParts gaps) {
        List<String> folders = modules.stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .filter(module -> module.members().get("path") instanceof String path && !path.isEmpty())
                .filter(module ->
                        !Objects.toString(module.members().get("type"), "").endsWith("Normalize"))
                .map(module -> file.folder() + module.string("path"))
                .toList();
        gaps.missing(file.path() + " names", folders);
    }
}
