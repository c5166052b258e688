package dev.mgit.lineage.maintain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.checkpoint.CheckoutRequest;
import dev.mgit.lineage.checkpoint.Checkouts;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dropping old training state, killed at each step. All made. */
class KilledDropTest {
    private static final int STEPS = 4;
    private static final String OPTIMIZER = "optimizer.safetensors";

    @TempDir
    private Path folder;

    private final List<VersionId> versions = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reading blocks",
                "cleaning the lineage",
                "choosing what to re-encode",
                "re-encoding what stays",
                "looking for garbage",
                "removing",
                "compacting",
                "end"
            })
    void aVersionHasItsStateOrSaysThatItWasDropped(String phase) throws IOException {
        try (var made = new MadeRepository(folder)) {
            commitAll(made);
            try (Crash crash = Crash.start(KilledGc.class, folder.toString(), phase, "1")) {
                assertThat(crash.killAt(KilledGc.MARKER).killed()).isTrue();
            }
            made.reopen();
            boolean recorded = isDropped(made, 0);
            assertThat(recorded).isEqualTo(!phase.equals("reading blocks"));
            requireSound(made);

            // Without the option nothing more is dropped, and with it the rest goes.
            made.collectAll();
            assertThat(isDropped(made, 0)).isEqualTo(recorded);
            requireSound(made);
            var drop = new DropRequest(List.of(), 1, MadeRepository.ADA);
            made.collect(
                    new GarbageCollector.Request(Instant.now().plusSeconds(60), Optional.empty(), Optional.of(drop)));
            made.reopen();
            requireSound(made);
            var usage = new DiskUsage(made.repository(), CopyProgress.none()).measure(List.of());
            assertThat(usage.baseBytes()).isZero();
            assertThat(usage.deadBytes()).isZero();
        }
    }

    private void commitAll(MadeRepository made) throws IOException {
        MadeModel weights = Families.base("net", 1, ModelShape.TINY);
        MadeModel moments = Families.base("moments", 2, ModelShape.TINY);
        for (int step = 0; step < STEPS; step++) {
            Path checkpoint = Files.createDirectories(folder.resolve("run/" + step));
            weights.writeWeightsTo(checkpoint.resolve("model.safetensors"));
            moments.writeWeightsTo(checkpoint.resolve(OPTIMIZER));
            versions.add(made.commit("net", checkpoint));
            weights = Families.fineTuned(weights, "net", 10 + step, 1e-4);
            moments = Families.fineTuned(moments, "moments", 20 + step, 1e-4);
        }
    }

    private boolean isDropped(MadeRepository made, int step) {
        return !made.repository()
                .lineage()
                .checkpoint(versions.get(step))
                .dropped()
                .isEmpty();
    }

    private void requireSound(MadeRepository made) throws IOException {
        assertThat(made.fsck().damage()).isEmpty();
        for (int step = 0; step < STEPS; step++) {
            VersionId version = versions.get(step);
            Path target = Files.createTempDirectory(folder, "checkout").resolve("net");
            new Checkouts(made.repository(), CopyProgress.none())
                    .checkout(CheckoutRequest.whole(version, "net", target));
            Checkpoint checkpoint = made.repository().lineage().checkpoint(version);
            assertThat(checkpoint.dropped()).hasSize(2 - checkpoint.files().size());
            for (var file : checkpoint.files()) {
                assertThat(Files.mismatch(
                                folder.resolve("run/" + step).resolve(file.path()), target.resolve(file.path())))
                        .isEqualTo(-1);
            }
        }
        assertThat(isDropped(made, STEPS - 1)).isFalse();
        made.forgetCheckouts();
    }
}
