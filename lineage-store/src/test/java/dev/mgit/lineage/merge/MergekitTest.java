package dev.mgit.lineage.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.fixtures.Await;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.tensorindex.TensorLocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Merges the same made models with mgit and with the real mergekit. mergekit brings PyTorch, several gigabytes, so no
 * test installs it: it is compared with where the Python named in {@code MGIT_MERGEKIT_PYTHON}, or else the {@code
 * python3} on the path, has it. Prints the versions and the largest difference, or why nothing was compared.
 */
class MergekitTest {
    private static final String VARIABLE = "MGIT_MERGEKIT_PYTHON";

    private static Optional<String> python = Optional.empty();

    /** Standard deviation of the weights the script makes. */
    private static final double SPREAD = 0.05;

    private static final String SCRIPT = "merge_with_mergekit.py";

    /** mergekit's name of each run in the script, and the same merge in mgit's words. */
    private static final Map<String, String> RUNS = Map.of(
            "linear", "linear:ours=0.3,theirs=0.5",
            "linear-raw", "linear:ours=0.3,theirs=0.5,normalize=false",
            "slerp", "slerp:t=0.3",
            "task", "task-arithmetic:ours=0.7,theirs=0.4,lambda=0.9",
            "ties", "ties:ours=0.7,theirs=0.4,density=0.4",
            "ties-rescaled", "ties:ours=0.7,theirs=0.4,density=0.4,rescale=true,normalize=false",
            "dare", "dare:ours=0.7,theirs=0.4",
            "dare-ties", "dare-ties:ours=0.7,theirs=0.4");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private double largest;

    /** A Python that is named must have mergekit; the one on the path may. */
    @BeforeAll
    static void findMergekit() throws IOException {
        Optional<String> named = Optional.ofNullable(System.getenv(VARIABLE)).filter(path -> !path.isEmpty());
        python = named.isPresent() || !hasMergekit("python3") ? named : Optional.of("python3");
        if (python.isEmpty()) {
            System.err.println(missing());
        }
    }

    private static String missing() {
        return "not compared with mergekit: python3 does not have it, and " + VARIABLE + " names no Python";
    }

    private static boolean hasMergekit(String command) {
        String look = "import importlib.util, sys; sys.exit(importlib.util.find_spec('mergekit') is None)";
        try {
            Process process = new ProcessBuilder(command, "-c", look)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return Await.exit(process) == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }

    /** @param unit the largest error allowed, in parts of the value, or of the models' spread if that is larger */
    @ParameterizedTest
    @CsvSource({"float32,F32,1e-6", "bfloat16,BF16,0.008", "float16,F16,0.001"})
    void resultsAgreeToRounding(String torch, Dtype dtype, double unit) throws Exception {
        String versions = mergeWithMergekit(torch);
        MadeTensors made = new MadeTensors();
        Map.of(MergeStage.BASE, "base", MergeStage.OURS, "ours", MergeStage.THEIRS, "theirs")
                .forEach((side, name) -> load(made, side, name));
        for (Map.Entry<String, String> run : RUNS.entrySet()) {
            MadeTensors expected = load(new MadeTensors(), MergeStage.OURS, run.getKey());
            MergePlan plan = merge(run.getKey(), run.getValue());
            MadeTensors written = load(new MadeTensors(), MergeStage.OURS, "mgit-" + run.getKey());
            assertThat(plan.tensors())
                    .hasSameSizeAs(expected.side(MergeStage.OURS).tensors());
            for (TensorOutput output : plan.tensors()) {
                String what = run.getKey() + ", " + output.spec().name();
                double[] wanted =
                        values(expected, MergeStage.OURS, output.spec().name(), dtype);
                double[] merged = values(written, MergeStage.OURS, output.spec().name(), dtype);
                boolean[] open = output.strategy().method() == MergeMethod.TIES
                        ? undecided(made, output, dtype)
                        : new boolean[0];
                compare(what, merged, wanted, unit, open);
            }
        }
        System.err.printf(
                Locale.ROOT, "%s, %s: largest difference %.1e, allowed %.1e%n", versions, torch, largest, unit);
    }

    /** As {@code mgit merge ours theirs --base base --strategy STRATEGY --output mgit-NAME} does it. */
    private MergePlan merge(String name, String strategy) throws IOException {
        try (Merge merge = Merge.open(
                Optional.empty(),
                Optional.of(new Merge.OnDisk(folder.resolve("base"))),
                new Merge.OnDisk(folder.resolve("ours")),
                new Merge.OnDisk(folder.resolve("theirs")),
                CopyProgress.none(),
                2)) {
            MergePlan plan = merge.plan(List.of(MergeRule.parse(strategy)));
            assertThat(plan.canGoOn()).isTrue();
            merge.write(plan, Files.createDirectory(folder.resolve("mgit-" + name)));
            return plan;
        }
    }

    private void compare(String what, double[] merged, double[] wanted, double unit, boolean[] open) {
        assertThat(merged).hasSameSizeAs(wanted);
        for (int i = 0; i < merged.length; i++) {
            if (open.length == 0 || !open[i]) {
                double size = Math.max(SPREAD, Math.abs(wanted[i]));
                assertThat(merged[i]).as("%s, element %d", what, i).isCloseTo(wanted[i], within(unit * size));
                largest = Math.max(largest, Math.abs(merged[i] - wanted[i]) / size);
            }
        }
    }

    /**
     * Elements whose difference is exactly as large as the smallest that is kept. Which of several such are kept is up
     * to PyTorch's sort, which is not stable; 16-bit models have many.
     */
    private static boolean[] undecided(MadeTensors made, TensorOutput output, Dtype dtype) {
        String name = output.spec().name();
        double[] base = values(made, MergeStage.BASE, name, dtype);
        boolean[] undecided = new boolean[base.length];
        for (MergeStage side : List.of(MergeStage.OURS, MergeStage.THEIRS)) {
            double[] magnitudes = values(made, side, name, dtype);
            for (int i = 0; i < base.length; i++) {
                magnitudes[i] = Math.abs((float) magnitudes[i] - (float) base[i]);
            }
            double[] sorted = magnitudes.clone();
            Arrays.sort(sorted);
            double smallestKept =
                    sorted[sorted.length - (int) (output.strategy().density() * sorted.length)];
            long equal = Arrays.stream(magnitudes)
                    .filter(value -> value == smallestKept)
                    .count();
            for (int i = 0; i < base.length; i++) {
                undecided[i] |= equal > 1 && magnitudes[i] == smallestKept;
            }
        }
        return undecided;
    }

    private static double[] values(MadeTensors made, MergeStage side, String name, Dtype dtype) {
        TensorLocation tensor = made.side(side).tensors().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        return MadeTensors.values(dtype, made.data(tensor));
    }

    /** @return what did it, in which versions */
    private String mergeWithMergekit(String torch) throws IOException {
        Assumptions.assumeTrue(python.isPresent(), MergekitTest::missing);
        String script;
        try (var in = MergekitTest.class.getResourceAsStream(SCRIPT)) {
            assertThat(in).isNotNull();
            script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        ProcessBuilder builder =
                new ProcessBuilder(List.of(python.orElseThrow(), "-c", script, folder.toString(), torch));
        builder.environment().put("HF_HUB_OFFLINE", "1");
        Path log = folder.resolve("log");
        Process process =
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        int exit = Await.exit(process);
        List<String> lines = Files.readAllLines(log);
        assertThat(exit).as("%s", lines).isZero();
        return lines.get(lines.size() - 1);
    }

    private MadeTensors load(MadeTensors made, MergeStage side, String name) {
        try (FileByteSource source = FileByteSource.open(folder.resolve(name).resolve("model.safetensors"))) {
            for (Layout.Range range :
                    Formats.layoutOf("model.safetensors", source).ranges()) {
                if (range.tensor().isPresent()) {
                    byte[] data = new byte[(int) range.length()];
                    source.read(range.offset(), data, 0, data.length);
                    made.add(side, range.tensor().get(), data);
                }
            }
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
