package dev.mgit.lineage.architecture;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.tensors.CheckpointTensor;
import java.util.List;
import java.util.Optional;

/** The blocks of a model in order: as its configuration describes them, or else as its tensors tell. */
public final class ModelBlocks {
    private ModelBlocks() {}

    /**
     * Finds the blocks.
     *
     * @param config what {@code config.json} says
     * @param tensors the model's weights
     * @return empty if it has none that anybody here knows
     * @throws dev.mgit.delta.layout.FormatException if the configuration contradicts itself
     */
    public static List<BlockShape> of(Optional<JsonObject> config, List<CheckpointTensor> tensors) {
        return config.flatMap(ConfigBlocks::of).orElseGet(() -> TensorBlocks.shapes(tensors));
    }
}
