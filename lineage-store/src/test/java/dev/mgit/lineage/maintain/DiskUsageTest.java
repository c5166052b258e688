package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.maintain.DiskUsageReport.Group;
import dev.mgit.lineage.maintain.DiskUsageReport.Representation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Made models throughout. */
class DiskUsageTest {
    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);

    @TempDir
    private Path folder;

    @Test
    void theSumsAddUp() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.commit(BASE);
            made.commit(Families.fineTuned(BASE, "child", 2, 1e-3, tensor -> tensor.contains("embed")), "base");
            made.commit(Families.base("gone", 3, ModelShape.TINY));
            made.change("rm", transaction -> transaction.deleteModel("gone"));
            made.commit(Families.base("dead", 4, ModelShape.TINY));
            DiskUsageReport report = measure(made);
            assertThat(report.groups()).extracting(Group::name).containsExactly("base", "child", "dead", "gone");
            long stored = report.groups().stream().mapToLong(Group::storedBytes).sum();
            assertThat(stored + report.baseBytes() + report.deadBytes()).isEqualTo(report.frameBytes());
            assertThat(report.representations().stream()
                            .mapToLong(Representation::storedBytes)
                            .sum())
                    .isEqualTo(report.frameBytes());
            Group base = report.groups().get(0);
            Group child = report.groups().get(1);
            assertThat(base.sharedBytes()).isGreaterThanOrEqualTo(500 * 64 * 4).isEqualTo(child.sharedBytes());
            assertThat(child.storedBytes()).isLessThan(base.storedBytes());
            assertThat(base.logicalBytes()).isGreaterThan(BASE.byteLength());
            assertThat(report.parameterBytes()).isGreaterThanOrEqualTo(report.frameBytes());
            assertThat(report.totalBytes()).isGreaterThanOrEqualTo(report.parameterBytes() + report.gitBytes());
            assertThat(report.groups().get(3).isModel()).isFalse();
        }
    }

    @Test
    void oneVersionIsMeasuredAgainstAllOthers() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.commit(BASE);
            made.commit("base", Families.sparselyTuned(BASE, "next", 2, 0.01).writeTo(folder.resolve("models")));
            DiskUsageReport report = new DiskUsage(made.repository(), CopyProgress.none()).measure(List.of("base~1"));
            assertThat(report.groups()).singleElement().satisfies(group -> {
                assertThat(group.versions()).isEqualTo(1);
                assertThat(group.uniqueBytes()).isPositive();
                assertThat(group.storedBytes()).isPositive();
            });
        }
    }

    @Test
    void trainingStateIsCountedByItselfAndTheRepresentationsOfWhatWasAskedFor() throws IOException {
        try (var made = new MadeRepository(folder)) {
            made.commit(Families.base("plain", 3, ModelShape.TINY));
            Path run = BASE.writeTo(folder.resolve("models"));
            Families.base("moments", 4, ModelShape.TINY).writeWeightsTo(run.resolve("optimizer.safetensors"));
            made.commit("run", run);
            var usage = new DiskUsage(made.repository(), CopyProgress.none());
            DiskUsageReport report = usage.measure(List.of("run"));
            assertThat(report.groups()).singleElement().satisfies(group -> {
                assertThat(group.stateBytes()).isBetween(group.storedBytes() / 3, group.storedBytes() * 2 / 3);
                long explained = report.representations().stream()
                        .mapToLong(Representation::storedBytes)
                        .sum();
                assertThat(explained).isBetween(group.storedBytes(), report.frameBytes() * 3 / 4);
            });
            assertThat(measure(made).groups().get(0).stateBytes()).isZero();
        }
    }

    private static DiskUsageReport measure(MadeRepository made) throws IOException {
        return new DiskUsage(made.repository(), CopyProgress.none()).measure(List.of());
    }
}
