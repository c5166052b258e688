package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.eval.HarnessRuns;
import dev.mgit.lineage.version.Glob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/** The folder of a run of HELM: understood in full, or refused in one sentence. */
class HelmFuzzTest {
    private static final List<String> FILES = List.of("run_spec.json", "stats.json", "per_instance_stats.json");

    @TempDir
    private Path folder;

    /** The three files, with a zero byte between them. */
    static Stream<byte[]> runs() {
        String stat = "{\"name\":{\"name\":\"exact_match\",\"split\":\"test\"},\"count\":2,\"sum\":1.0,\"mean\":0.5,"
                + "\"min\":0,\"max\":1,\"sum_squared\":1.0,\"variance\":0.25,\"stddev\":0.5}";
        return Stream.of(String.join(
                        "\0",
                        "{\"name\":\"mmlu:subject=anatomy,model=m\",\"adapter_spec\":{\"model\":\"m\",\"shots\":5},"
                                + "\"metric_specs\":[{\"class_name\":\"a\"}]}",
                        "[" + stat + "]",
                        "[{\"instance_id\":\"id1\",\"train_trial_index\":0,\"stats\":[" + stat + "]}]")
                .getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("runs")
    @FuzzTest(maxDuration = "5m")
    void run(byte[] bytes) throws IOException {
        String[] contents = new String(bytes, StandardCharsets.ISO_8859_1).split("\0", FILES.size());
        for (int i = 0; i < FILES.size(); i++) {
            String content = i < contents.length ? contents[i] : "";
            Files.writeString(folder.resolve(FILES.get(i)), content, StandardCharsets.ISO_8859_1);
        }
        try {
            HarnessRuns.read(folder, Glob.ALL);
        } catch (MgitException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
        }
    }
}
