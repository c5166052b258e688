package dev.mgit.cli;

import dev.mgit.cli.console.QuietErrors;
import dev.mgit.cli.console.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Runs representative commands in a scratch folder, so that the launcher can archive the classes they load: on objects
 * that lie by themselves, and after {@code gc} on packed ones.
 */
final class Warmup {
    static final List<List<String>> COMMANDS = List.of(
            List.of("--version"),
            List.of("help"),
            List.of("init"),
            List.of("log", "--graph"),
            List.of("commit", "a", "--model", "a"),
            List.of("commit", "b", "--model", "b", "--from", "a"),
            List.of("log", "--graph"),
            List.of("log", "-n", "1", "--json"),
            List.of("log", "-n", "1"),
            List.of("log", "--descendants", "a", "-n", "1"),
            List.of("log", "--kind", "finetune"),
            List.of("show", "b"),
            List.of("show"),
            List.of("tag", "t", "a"),
            List.of("tag"),
            List.of("branch"),
            List.of("diff", "--name-only", "a", "b"),
            List.of("find", "--text", "b", "--shape", "*"),
            List.of("find", "--model", "b", "--kind", "finetune", "--tensor", "0000"),
            List.of("impact", "a"),
            List.of("impact", "a", "--open"),
            List.of("blame", "b"),
            List.of("bisect", "start", "b"),
            List.of("bisect", "good", "a"),
            List.of("graph", "--format", "svg"),
            List.of("audit", "b"),
            List.of("checkout", "b", "out"),
            List.of("status"),
            List.of("status", "out"),
            List.of("gc"),
            List.of("log", "-n", "1"),
            List.of("show"));

    private static final int ELEMENTS = 1 << 14;

    /** A safetensors file with a tensor of floats, and one of half as many bytes. */
    private static final String WEIGHTS = String.format(
            "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d,64],\"data_offsets\":[0,%d]},"
                    + "\"h\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[%d,%d]}}",
            ELEMENTS / 64, ELEMENTS * 4, ELEMENTS, ELEMENTS * 4, ELEMENTS * 6);

    private Warmup() {}

    public static void main(String[] args) throws IOException {
        Main.searchNothing();
        EarlySetup.beginFor("log");
        System.setErr(QuietErrors.of(System.err));
        Path scratch = Path.of(args[0]).toAbsolutePath();
        prepare(scratch);
        for (List<String> command : COMMANDS) {
            Terminal nowhere = new Terminal(
                    Terminal.writer(OutputStream.nullOutputStream()),
                    Terminal.writer(OutputStream.nullOutputStream()),
                    false,
                    false,
                    80,
                    scratch,
                    Map.of());
            Main.run(nowhere, command.toArray(new String[0]));
        }
    }

    /** Two models to commit: weights, and the same after a step of training. */
    static void prepare(Path scratch) throws IOException {
        float step = 0;
        for (String model : List.of("a", "b")) {
            byte[] header = WEIGHTS.getBytes(StandardCharsets.US_ASCII);
            var file = ByteBuffer.allocate(Long.BYTES + header.length + ELEMENTS * 6)
                    .order(ByteOrder.LITTLE_ENDIAN);
            file.putLong(header.length).put(header);
            var weights = new Random(1);
            var update = new Random(2);
            for (int i = 0; i < ELEMENTS; i++) {
                file.putFloat((float) (0.02 * weights.nextGaussian() + step * update.nextGaussian()));
            }
            for (int i = 0; i < ELEMENTS; i++) {
                float weight = (float) (0.02 * weights.nextGaussian() + step * update.nextGaussian());
                file.putShort((short) (Float.floatToRawIntBits(weight) >>> 16));
            }
            Files.createDirectories(scratch.resolve(model));
            Files.write(scratch.resolve(model).resolve("model.safetensors"), file.array());
            step = 1e-4f;
        }
    }
}
