package dev.mgit.cli.command.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.modeltest.Event;
import dev.mgit.hooks.modeltest.MetricRule;
import dev.mgit.hooks.modeltest.Selector;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code commit --lossy} from end to end, on made models. */
class LossyCommitTest {
    private static final ModelShape SHAPE = new ModelShape(1000, 128, 2, Element.F32);

    @TempDir
    private Path folder;

    private Path repository;
    private final MadeModel base = Families.base("base", 1, SHAPE);

    @BeforeEach
    void aBaseIsCommitted() throws IOException {
        repository = Files.createDirectory(folder.resolve("repository"));
        run(0, "init");
        run(0, "commit", base.writeTo(folder).toString());
    }

    private Cli.Ran run(int exit, String... arguments) {
        Cli.Ran ran = Cli.run(repository, arguments);
        assertThat(ran.exit()).as(ran.toString()).isEqualTo(exit);
        return ran;
    }

    private Path child(String name, long seed) throws IOException {
        return Families.fineTuned(base, name, seed, 3e-4).writeTo(folder);
    }

    @Test
    void aLossyVersionKeepsTheBoundAndIsItselfExact() throws IOException {
        Path child = child("child", 2);
        Cli.Ran ran = run(0, "commit", child.toString(), "--model", "child", "--from", "base", "--lossy", "1e-4");
        assertThat(ran.out()).containsPattern("lossy: \\d+ of \\d+ tensors within 0.0001");

        Path out = folder.resolve("out");
        run(0, "checkout", "child", out.toString());
        double error = largestError(child, out);
        assertThat(error).isPositive().isLessThanOrEqualTo(1e-4);
        run(0, "fsck");
        assertThat(run(0, "status", out.toString(), "--exit-code").out()).contains("(lossy 0.0001)", "unchanged");
        assertThat(run(0, "log", "--oneline").out()).contains("[lossy 0.0001]");
        assertThat(run(0, "show", "child", "--tensors").out()).contains("Lossy: 0.0001", "Error");
        assertThat(run(0, "show", "child", "--json").out())
                .contains("\"lossy\" : 1.0E-4", "\"lossy_tensors\"", sha256(out.resolve("model.safetensors")));
        assertThat(run(0, "du").out()).contains("1 (1 lossy)");
        assertThat(run(0, "du", "--explain").out()).contains("quantized");
        run(0, "commit", child.toString(), "--model", "exact", "--from", "base");
        assertThat(stored("child")).isLessThan(stored("exact") / 4);
        // what is stored to the bit already is not stored again
        assertThat(run(0, "commit", child.toString(), "--model", "known", "--from", "base", "--lossy", "1e-4")
                        .out())
                .contains("every tensor is exact", "new 0 B");
    }

    /** Every version is held against its own original, not against that of the one before. */
    @Test
    void errorsDoNotAddUp() throws IOException {
        MadeModel version = base;
        for (int i = 1; i <= 9; i++) {
            version = Families.fineTuned(version, "line", 100 + i, 2e-4);
            Path original = version.writeTo(Files.createDirectories(folder.resolve("v" + i)));
            run(0, "commit", original.toString(), "--from", "base", "--lossy", "1e-4", "-m", "v" + i);
            Path out = folder.resolve("out" + i);
            run(0, "checkout", "line", out.toString());
            assertThat(largestError(original, out)).isPositive().isLessThanOrEqualTo(1e-4);
        }
        run(0, "gc", "--repack", "--effort", "small", "--prune-older-than", "0");
        run(0, "fsck");
        Path again = folder.resolve("again");
        run(0, "checkout", "line", again.toString());
        assertThat(again.resolve("model.safetensors")).hasSameBinaryContentAs(folder.resolve("out9/model.safetensors"));
        assertThat(stored("line")).isLessThan(9 * Files.size(again.resolve("model.safetensors")) / 8);
    }

    @Test
    void whatCannotBeLossyIsExact() throws IOException {
        run(
                0,
                "commit",
                Families.cast(base, "f8", Element.F8_E4M3).writeTo(folder).toString());
        Path tuned = Families.fineTuned(Families.cast(base, "f8", Element.F8_E4M3), "f8-tuned", 5, 1e-3)
                .writeTo(folder);
        assertThat(run(0, "commit", tuned.toString(), "--from", "f8", "--lossy", "1e-2")
                        .out())
                .contains("every tensor is exact");
        assertThat(run(0, "show", "f8-tuned").out()).doesNotContain("Lossy");
        // no parent
        Path other = Families.base("other", 77, SHAPE).writeTo(folder);
        assertThat(run(0, "commit", other.toString(), "--lossy", "1e-4").out()).contains("every tensor is exact");
        // one element that is no number keeps its block to the bit
        Path child = child("child", 2);
        byte[] bytes = Files.readAllBytes(child.resolve("model.safetensors"));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        Files.write(child.resolve("model.safetensors"), bytes);
        run(0, "commit", child.toString(), "--from", "base", "--lossy", "1e-4");
        run(0, "checkout", "child", folder.resolve("out").toString());
        byte[] back = Files.readAllBytes(folder.resolve("out/model.safetensors"));
        assertThat(ByteBuffer.wrap(back).order(ByteOrder.LITTLE_ENDIAN).getFloat(back.length - 4))
                .isNaN();
        assertThat(run(0, "show", "child", "--tensors").out()).containsPattern("exact +lm_head.weight");
    }

    /** The folder still holds the originals, and nothing but force replaces them. */
    @Test
    void aTrackedFolderIsNotSaidToHoldWhatItDoesNot() throws IOException {
        Path work = Families.fineTuned(base, "work", 3, 3e-4).writeTo(repository);
        run(0, "commit", work.toString(), "--from", "base", "--lossy", "1e-4");
        assertThat(run(3, "status", work.toString(), "--exit-code").out()).contains("changed:", "model.safetensors");
        assertThat(run(5, "checkout", "work", work.toString()).err()).contains("model.safetensors");
        run(0, "checkout", "work", work.toString(), "--force");
        run(0, "status", work.toString(), "--exit-code");
        assertThat(run(1, "commit", work.toString(), "--lossy", "1e-4").err()).contains("nothing to commit");
    }

    @Test
    void aGateSendsTensorsBackToExact() throws IOException {
        Path child = child("child", 2);
        String differing = "n=$(cmp -l $MGIT_MODEL/model.safetensors " + child + "/model.safetensors | wc -l); ";
        register("differing", "bytes:lower:tolerance-vs-parent=200000", differing);
        register(
                "same",
                "score:higher",
                differing.replace("n=$(", "n=$((1000000000-$(").replace("wc -l)", "wc -l)))"));
        Cli.Ran half = run(0, commit(child, "half", "--gate", "differing"));
        assertThat(half.out()).containsPattern("lossy: [1-9]\\d* of \\d+ tensors");
        assertThat(half.err())
                .contains("kept tensors exact because of differing: bytes", "worse than the original's 0");
        Cli.Ran none = run(0, commit(child, "none", "--gate", "differing", "--gate", "same"));
        assertThat(none.out()).contains("every tensor is exact");
        run(0, "checkout", "none", folder.resolve("none").toString());
        assertThat(folder.resolve("none/model.safetensors")).hasSameBinaryContentAs(child.resolve("model.safetensors"));
        assertThat(run(0, "show", "half").out()).contains("Lossy: 0.0001");
        run(0, "fsck");
    }

    private String[] commit(Path path, String model, String... more) {
        List<String> words = new java.util.ArrayList<>(
                List.of("commit", path.toString(), "--model", model, "--from", "base", "--lossy", "1e-4"));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private void register(String name, String rule, String line) throws IOException {
        MetricRule metric = MetricRule.parse(rule);
        String write = line + "echo \"{\\\"" + metric.name() + "\\\": $n}\" > $MGIT_METRICS";
        try (Repository opened = Repository.open(repository, Cli.user())) {
            var workspace = new RepositoryWorkspace(
                    opened, new Person("t", "t@t"), Map.of(), Duration.ofSeconds(10), notice -> {});
            new TestRegistry(workspace)
                    .add(new TestDefinition(
                            name,
                            new Selector("*"),
                            Event.MANUAL,
                            List.of(metric),
                            Limits.NONE,
                            List.of(),
                            true,
                            List.of(write)));
        }
    }

    @Test
    void nonsenseIsRefusedBeforeAnythingIsStored() throws IOException {
        String child = child("child", 2).toString();
        for (String bad : List.of("0", "-1", "1", "NaN", "Infinity")) {
            assertThat(run(2, "commit", child, "--lossy", bad).err()).contains("between 0 and 1");
        }
        assertThat(run(2, "commit", child, "--gate", "x").err()).contains("--gate needs --lossy");
        assertThat(run(2, "commit", child, "--lossy", "1e-4", "--gate", "x").err())
                .contains("no test");
        assertThat(run(2, "commit", child, "--trailer", "lossy=1").err()).contains("cannot be set by hand");
        assertThat(run(0, "log", "--oneline").out().lines()).hasSize(1);
    }

    private long stored(String model) {
        return Long.parseLong(
                run(0, "du", model, "--json").out().replaceAll("(?s).*?\"stored_bytes\" : (\\d+).*", "$1"));
    }

    /** Both files are F32 throughout behind headers of one length. */
    private static double largestError(Path a, Path b) throws IOException {
        ByteBuffer one = floats(a);
        ByteBuffer two = floats(b);
        assertThat(two.remaining()).isEqualTo(one.remaining());
        double largest = 0;
        while (one.hasRemaining()) {
            largest = Math.max(largest, Math.abs((double) one.getFloat() - two.getFloat()));
        }
        return largest;
    }

    private static ByteBuffer floats(Path model) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(model.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        return bytes.position(8 + (int) bytes.getLong(0));
    }

    private static String sha256(Path file) throws IOException {
        return java.util.HexFormat.of().formatHex(dev.mgit.delta.Hashes.sha256().digest(Files.readAllBytes(file)));
    }
}
