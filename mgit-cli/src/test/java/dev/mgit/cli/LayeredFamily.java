package dev.mgit.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** Small made models of four layers {@code l.0} to {@code l.3}, each an F32 matrix of 8 by 8 from a seed of its own. */
final class LayeredFamily {
    private static final int LAYERS = 4;
    private static final int SIDE = 8;

    private LayeredFamily() {}

    /** Writes a model whose layers have the seeds 0 to 3 except those named. */
    static Path write(Path folder, Map<Integer, Integer> otherSeeds) throws IOException {
        Files.createDirectories(folder);
        StringBuilder header = new StringBuilder("{");
        ByteBuffer data =
                ByteBuffer.allocate(LAYERS * SIDE * SIDE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int layer = 0; layer < LAYERS; layer++) {
            Random random = new Random(otherSeeds.getOrDefault(layer, layer));
            int start = data.position();
            for (int i = 0; i < SIDE * SIDE; i++) {
                data.putFloat((float) random.nextGaussian());
            }
            header.append("%s\"l.%d.weight\":{\"dtype\":\"F32\",\"shape\":[8,8],\"data_offsets\":[%d,%d]}"
                    .formatted(layer == 0 ? "" : ",", layer, start, data.position()));
        }
        Files.write(
                folder.resolve("model.safetensors"),
                TestRepository.safetensors(header.append('}').toString(), data.array()));
        return folder;
    }
}
