package dev.mgit.cli;

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

    /** A safetensors file with one tensor of one byte. */
    private static final String WEIGHTS = "{\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";

    private Warmup() {}

    public static void main(String[] args) throws IOException {
        Main.searchNothing();
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

    /** Two models to commit. */
    static void prepare(Path scratch) throws IOException {
        for (String model : List.of("a", "b")) {
            byte[] header = (WEIGHTS + model).getBytes(StandardCharsets.US_ASCII);
            var file = ByteBuffer.allocate(Long.BYTES + header.length).order(ByteOrder.LITTLE_ENDIAN);
            file.putLong(WEIGHTS.length()).put(header);
            Files.createDirectories(scratch.resolve(model));
            Files.write(scratch.resolve(model).resolve("model.safetensors"), file.array());
        }
    }
}
