package dev.mgit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks run to their end on small made data and print what they promise. Nothing here is timed. */
@Tag("slow")
class BenchTest {
    @TempDir
    private Path dir;

    private String run(String... arguments) {
        Cli.Ran ran = Cli.run(dir, arguments);
        assertThat(ran.exit()).as(ran.err()).isZero();
        return ran.out();
    }

    @Test
    void storeMeasuresMgitAndThePlainPeersOnTheSameBytes() {
        String out =
                run("bench", "store", "--only", "BF16", "--size", "2MB", "--effort", "fast", "--in", dir.toString());
        assertThat(out)
                .containsPattern("mgit fast +[0-9]")
                .containsPattern("cp \\+ sha256sum +[0-9]")
                .containsPattern("choosing predictions took [0-9.]+%, reading samples of parents for it [0-9.]+%");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void storeSpeaksJsonAlone() {
        String out = run(
                "bench",
                "store",
                "--only",
                "BF16",
                "--size",
                "1MB",
                "--effort",
                "small",
                "--mine",
                "--json",
                "--in",
                dir.toString());
        assertThat(out)
                .startsWith("{")
                .contains("\"tool\" : \"mgit small\"", "\"content_bytes\" : ", "\"peak_bytes\" : ");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void limitsSayWhatDiskTheyNeedAndRunThePartsWanted() {
        String out = run("bench", "limits", "--only", "tiny,shards", "--share", "0.2", "--in", dir.toString());
        assertThat(out)
                .contains("tiny: 200 tiny tensors in one file, ", " of disk; ", ", within 512 MB")
                .containsPattern("shards +commit --model m +[0-9]")
                .containsPattern("tiny +checkout m out +[0-9]");
        assertThat(Cli.run(dir, "bench", "limits", "--only", "giants").err())
                .contains("'giants' is not a part; there are versions, models, blocks");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void expertsAreStoredWithAndWithoutTheirParents() {
        assertThat(run("bench", "experts"))
                .containsPattern("upcycled, flat +dense FFN +788 kB +[0-9.]+ kB +1[0-9.]+ ")
                .containsPattern("permuted +stacked .* 0 B +-")
                .contains("One expert is 98.3 kB.");
    }

    @Test
    void codecComparesWithPublishedOnesAndTheEntropy() {
        String out = run("bench", "codec", "--only", "BF16, 95%", "--size", "1MB", "--seconds", "0.01");
        assertThat(out).contains("entropy", "mgit small", "BitX", "ZipNN", "FM-Delta", "zstd -19");
    }

    @Test
    void startTimesShortCommandsBesideGit() {
        assertThat(run("bench", "start", "--versions", "25", "--runs", "1"))
                .contains("mgit log -n 20", "git log -n 20");
    }

    @Test
    void scaleTakesAModelOfTheShapeOfNemotronInAndOut() {
        String out = run("bench", "scale", "--size", "20MB", "--filled", "30", "--in", dir.toString());
        assertThat(out)
                .containsPattern("need [0-9.]+ MB of disk")
                .containsPattern("checkout update +[0-9]")
                .contains("within 512 MB");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void scaleRefusesWhatTheDiskCannotHold() {
        Cli.Ran ran = Cli.run(dir, "bench", "scale", "--size", "900TB", "--in", dir.toString());
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).containsPattern("Checkpoints of [89][0-9]{2} TB need 1.[0-9]+ PB of disk");
        assertThat(ran.err()).contains("there is not enough room in '" + dir + "'");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void scalingTellsThroughputSerialFractionStagesAndWaitsByCores() {
        String out = run(
                "bench",
                "scaling",
                "--size",
                "2MB",
                "--cores",
                "1",
                "--runs",
                "1",
                "--effort",
                "fast",
                "--in",
                dir.toString());
        assertThat(out)
                .containsPattern("[0-9]+ cores.*, Java [0-9]+")
                .containsPattern("mgit fast +1 +[0-9]+ ")
                .containsPattern("mgit fast in +1 +[0-9.]+%")
                .containsPattern("mgit fast out +1 +main +[0-9.]+ +[0-9.]+")
                .containsPattern("ten +10% +[0-9.]+ +[0-9.]+")
                .containsPattern("all of them +100% +[0-9.]+ +[0-9.]+");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void scalingRefusesCoresTheMachineLacks() {
        Cli.Ran ran = Cli.run(dir, "bench", "scaling", "--cores", "1,5000", "--in", dir.toString());
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("--cores asks for 5000, and this process may run on ");
        assertThat(dir).isEmptyDirectory();
    }
}
