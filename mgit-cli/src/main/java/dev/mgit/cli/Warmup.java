package dev.mgit.cli;

import dev.mgit.cli.console.QuietErrors;
import dev.mgit.cli.console.Terminal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * Runs representative commands in a scratch folder, so that the launcher can archive the classes they load. A class that is missing costs much: Java opens the jar for
 * it.
 *
 * <p>Java 25 links all classes of an archive at each start, whatever the command needs, so that those asked for again and
 * again get one of their own, by a second run in the folder that the first has left: some objects are packed there, the last
 * ones are not.
 */
final class Warmup {
    /** Asked for again and again. */
    static final List<List<String>> SHORT = List.of(
            List.of("--version"),
            List.of("log", "-n", "3"),
            List.of("log", "-n", "3", "--graph", "--all"),
            List.of("log", "-n", "3", "--oneline"),
            List.of("log", "-n", "1", "--json"),
            List.of("log", "b"),
            List.of("show"),
            List.of("show", "b~1"),
            List.of("show", "--json"),
            List.of("status"),
            List.of("status", "--json"),
            List.of("-C", "fresh", "status"),
            List.of("tag"),
            List.of("branch"),
            List.of("branch", "-v"));

    static final List<List<String>> COMMANDS = List.of(
            List.of("--version"),
            List.of("help"),
            List.of("init"),
            List.of("log", "--graph"),
            List.of("commit", "a", "--model", "a"),
            List.of("commit", "b", "--model", "b", "--from", "a"),
            List.of("commit", "a", "--model", "b", "--from", "a"),
            List.of("commit", "b", "--model", "a"),
            List.of("log", "--graph"),
            List.of("log", "-n", "1"),
            List.of("log", "--descendants", "a", "-n", "1"),
            List.of("log", "--kind", "finetune"),
            List.of("show", "b"),
            List.of("tag", "t", "a"),
            List.of("diff", "--name-only", "a", "b"),
            List.of("find", "--text", "b", "--shape", "*"),
            List.of("find", "--model", "b", "--kind", "finetune", "--tensor", "0000"),
            List.of("impact", "a"),
            List.of("impact", "a", "--open"),
            List.of("blame", "b"),
            List.of("bisect", "start", "b"),
            List.of("bisect", "good", "b~1"),
            List.of("graph", "--format", "svg"),
            List.of("audit", "b"),
            List.of("op", "log"),
            List.of("checkout", "b", "out"),
            List.of("status"),
            List.of("status", "out"),
            List.of("init", "fresh"),
            List.of("-C", "fresh", "commit", "../b", "--model", "b"),
            List.of("gc"));

    /** The last of the first run: what the second one finds changed. */
    static final List<String> LAST = List.of("commit", "a", "--model", "c", "--from", "b");

    /** What ends with an error, as commands do that are mistyped. */
    static final List<String> FAILING = List.of("show", "nosuch");

    private static final int ELEMENTS = 1 << 14;

    /** A safetensors file with a tensor of floats, and one of half as many bytes. */
    private static final String WEIGHTS = String.format(
            "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d,64],\"data_offsets\":[0,%d]},"
                    + "\"h\":{\"dtype\":\"BF16\",\"shape\":[%d],\"data_offsets\":[%d,%d]}}",
            ELEMENTS / 64, ELEMENTS * 4, ELEMENTS, ELEMENTS * 4, ELEMENTS * 6);

    private Warmup() {}

    /** Arguments: the scratch folder, and {@code short} for the second run. */
    public static void main(String[] args) throws IOException {
        Main.searchNothing();
        EarlySetup.beginFor("log");
        System.setErr(QuietErrors.of(System.err));
        Terminal.system(); // what the others begin with
        Path scratch = Path.of(args[0]).toAbsolutePath();
        if (args.length == 1) {
            prepare(scratch);
            COMMANDS.forEach(command -> run(scratch, command));
        }
        SHORT.forEach(command -> run(scratch, command));
        run(scratch, FAILING);
        if (args.length == 1) {
            run(scratch, LAST);
        }
    }

    private static void run(Path folder, List<String> command) {
        Terminal nowhere = Terminal.nowhere(folder, 80);
        Main.run(nowhere, command.toArray(new String[0]));
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
