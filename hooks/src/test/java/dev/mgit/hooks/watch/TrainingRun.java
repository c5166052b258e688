package dev.mgit.hooks.watch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A run's folder with checkpoints as the Trainer of transformers leaves them; the weights are made. */
record TrainingRun(Path folder) {
    private static final int FLOATS = 256;

    Path checkpoint(int step) throws IOException {
        return checkpoint(step, 0);
    }

    /** @param f1 logged at the step */
    Path checkpoint(int step, double f1) throws IOException {
        return checkpoint(step, f1, step);
    }

    Path checkpoint(int step, double f1, int seed) throws IOException {
        Path checkpoint = Files.createDirectories(folder.resolve("checkpoint-" + step));
        Files.writeString(checkpoint.resolve("config.json"), "{\"model_type\":\"bert\"}");
        Files.write(checkpoint.resolve("model.safetensors"), weights(seed));
        Files.writeString(checkpoint.resolve("training_args.bin"), "arguments");
        Files.writeString(checkpoint.resolve("optimizer.pt"), "moments " + seed);
        Files.writeString(checkpoint.resolve("trainer_state.json"), state(step, f1, "null"));
        return checkpoint;
    }

    static String state(int step, double f1, String best) {
        return "{\"global_step\": " + step + ", \"max_steps\": 900, \"best_model_checkpoint\": " + best
                + ", \"log_history\": [{\"step\": 1, \"eval_f1\": 9}, {\"step\": " + step + ", \"eval_f1\": " + f1
                + ", \"loss\": NaN}]}";
    }

    static byte[] weights(long seed) {
        String header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[" + FLOATS + "],\"data_offsets\":[0," + 4 * FLOATS + "]}}";
        ByteBuffer file = ByteBuffer.allocate(8 + header.length() + 4 * FLOATS).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        var random = new Random(seed);
        while (file.hasRemaining()) {
            file.putFloat((float) random.nextGaussian());
        }
        return file.array();
    }
}
