package dev.mgit.hooks.serving;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Measures an ONNX model with ONNX Runtime on this machine's cores, by the user's own Python. */
public final class OnnxMeasurement {
    private static final String SCRIPT = "measure_onnx.py";
    private static final int LAST_WORDS = 400;

    private OnnxMeasurement() {}

    /**
     * Latencies for all powers of two and the ends themselves.
     *
     * @param python has onnxruntime and numpy
     * @param seconds how long it may take in all
     * @throws MgitException if it cannot be measured, with the last line that Python said
     */
    public static LatencyProfile measure(
            String python, Path model, int threads, int batch, Map<String, String> environment, long seconds)
            throws IOException {
        Path folder = Files.createTempDirectory("mgit-measure-");
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Path script = folder.resolve(SCRIPT);
        try {
            try (InputStream source =
                    Objects.requireNonNull(OnnxMeasurement.class.getResourceAsStream(SCRIPT), SCRIPT)) {
                Files.copy(source, script);
            }
            var builder = new ProcessBuilder(
                            List.of(python, script.toString(), model.toString(), "" + threads, "" + batch))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            run(builder, python, err, seconds);
            return LatencyProfile.parse(Files.readString(out, StandardCharsets.UTF_8), "that '" + python + "' printed");
        } finally {
            for (Path file : List.of(out, err, script, folder)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static void run(ProcessBuilder builder, String python, Path err, long seconds) throws IOException {
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "cannot start '" + python + "'",
                    "name a Python that has onnxruntime with --python",
                    e);
        }
        try {
            process.getOutputStream().close();
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw MgitException.failed("measuring took longer than " + seconds + " seconds");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MgitException(MgitException.Kind.FAILED, "measuring was interrupted", null, e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            List<String> said = new String(Files.readAllBytes(err), StandardCharsets.UTF_8)
                    .strip()
                    .lines()
                    .toList();
            String last = said.isEmpty() ? "it said nothing" : said.get(said.size() - 1);
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "cannot measure: " + (last.length() > LAST_WORDS ? last.substring(0, LAST_WORDS) : last),
                    "--python must have onnxruntime and numpy, and the model a batch as its inputs' first dimension");
        }
    }
}
