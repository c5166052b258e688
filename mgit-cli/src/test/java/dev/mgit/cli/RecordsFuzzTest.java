package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.bom.BillOfMaterials;
import dev.mgit.hooks.data.Statements;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.serving.LatencyProfile;
import dev.mgit.hooks.serving.ServingPlans;
import dev.mgit.lineage.git.LineageBundle;
import dev.mgit.lineage.merge.MergeState;
import dev.mgit.lineage.query.BisectState;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.EdgeNotes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** Records, notes and documents of others: understood in full, or refused in one sentence. */
class RecordsFuzzTest {
    private static final String ID = "0123456789".repeat(4);

    private static final List<Consumer<byte[]>> PARSERS = List.of(
            EdgeNotes::parse,
            DroppedState::parse,
            MergeState::parse,
            BisectState::parse,
            Evaluations::parse,
            Evaluations::parseInstances,
            TestResults::parse,
            Statements::parse,
            ServingPlans::parse,
            bytes -> BillOfMaterials.parse(bytes, "bom.json"),
            bytes -> LatencyProfile.parse(new String(bytes, StandardCharsets.UTF_8), "latencies.csv"));

    @TempDir
    private Path folder;

    /** Of every kind of record one, the first byte saying which parser it is for. */
    static Stream<byte[]> records() {
        List<String> texts = List.of(
                "{\"added\":[{\"parent\":\"" + ID + "\",\"kind\":\"distill\"}],\"removed\":[]}",
                "{\"files\":[{\"path\":\"optimizer.pt\",\"sha256\":\"" + "a".repeat(64) + "\",\"size\":9}]}",
                "{\"ours\":\"" + ID + "\",\"theirs\":\"" + ID + "\",\"model\":\"m\",\"rules\":[\"l.0=ours\"]}",
                "{\"bad\":[\"" + ID + "\"],\"good\":[\"" + ID + "\"],\"skipped\":[]}",
                "{\"evaluations\":[{\"harness\":\"lm-eval\",\"tasks\":[]}]}",
                "{\"runs\":{\"" + "a".repeat(64) + "\":{\"quiz\":[[0.5,1]]}}}",
                "{\"test\":\"size\",\"metrics\":{\"n\":1.5},\"when\":\"2026-01-02T03:04:05Z\"}",
                "{\"statements\":[{\"data\":[{\"name\":\"d\",\"sha256\":\"" + "a".repeat(64) + "\"}]}]}",
                "{\"plans\":[{\"threads\":2,\"batch\":4,\"seconds\":0.25}]}",
                "{\"bomFormat\":\"CycloneDX\",\"components\":[{\"type\":\"machine-learning-model\",\"name\":\"m\","
                        + "\"bom-ref\":\"r\",\"components\":[{}],\"pedigree\":{\"ancestors\":[{\"name\":\"a\"}]}}]}",
                "threads,batch,seconds\n1,1,0.1\n2,2,0.1\n");
        return Stream.iterate(0, kind -> kind < texts.size(), kind -> kind + 1)
                .map(kind -> ((char) (int) kind + texts.get(kind)).getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("records")
    @FuzzTest(maxDuration = "5m")
    void record(byte[] bytes) {
        if (bytes.length > 0) {
            byte[] content = java.util.Arrays.copyOfRange(bytes, 1, bytes.length);
            refusedOrFine(
                    () -> PARSERS.get(Math.floorMod(bytes[0], PARSERS.size())).accept(content));
        }
    }

    static Stream<byte[]> bundles() {
        String head = "# v2 git bundle\n" + ID + " refs/heads/base\n" + ID + " HEAD\n\n";
        return Stream.of(
                (head + "PACK\0\0\0\2\0\0\0\0").getBytes(StandardCharsets.ISO_8859_1),
                (head + "PACK\0\0\0\2\177\377\377\377").getBytes(StandardCharsets.ISO_8859_1));
    }

    @MethodSource("bundles")
    @FuzzTest(maxDuration = "5m")
    void bundle(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("a.bundle"), bytes);
        Path scratch = Files.createTempDirectory(folder, "bundle");
        refusedOrFine(() -> {
            try {
                LineageBundle.open(file, scratch.resolve("git")).close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        dev.mgit.fixtures.Trees.delete(scratch);
    }

    private static void refusedOrFine(Runnable work) {
        try {
            work.run();
        } catch (MgitException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }
}
