package dev.mgit.delta.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole families, planned, coded and decoded. */
class FamilyPlansTest {
    /** Real: one set of weights, published as ONNX and as safetensors. */
    @Test
    void aSecondFormatCostsNextToNothing() throws IOException {
        Optional<Path> folder = RealModels.miniLmSafetensors();
        assumeTrue(folder.isPresent());
        try (PlannedFile files = new PlannedFile()) {
            files.store(0, RealModels.miniLm().weights());
            var second = files.store(0, folder.orElseThrow().resolve("model.safetensors"));
            System.out.println(second + " " + second.share() + " planning " + files.planningShare());
            assertThat(second.share()).isLessThan(0.03);
            assertThat(second.storedByPlan()).containsKey("transpose");
        }
    }

    /** Real: onnxruntime's dynamic quantisation of two models. */
    @Test
    void quantisedModelsFollowFromTheirFloats() throws IOException {
        for (var pair : List.of(
                List.of(RealModels.miniLm(), RealModels.miniLmQuantised()),
                List.of(RealModels.bgeSmallV15(), RealModels.bgeSmallV15Quantised()))) {
            try (PlannedFile files = new PlannedFile()) {
                files.store(0, pair.get(0).weights());
                var quantised = files.store(0, pair.get(1).weights());
                System.out.println(quantised + " " + quantised.share() + " planning " + files.planningShare());
                assertThat(quantised.share()).isLessThan(0.03);
            }
        }
    }

    @Test
    void madeFamilies(@TempDir Path dir) throws IOException {

        for (MadeModel model : Families.standard(1, ModelShape.ofBytes(20_000_000, dev.mgit.fixtures.Element.F32))) {

            try (PlannedFile files = new PlannedFile()) {
                for (String parent : model.parents()) {
                    files.store(0, weights(dir.resolve(parent)));
                }
                var outcome = files.store(0, weights(model.writeTo(dir)));
                System.out.println(model.name() + " " + outcome.share() + " " + outcome.storedByPlan() + " "
                        + outcome.rawByPlan() + " planning " + files.planningShare());
            }
        }
    }

    private static Path[] weights(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".safetensors"))
                    .sorted()
                    .toArray(Path[]::new);
        }
    }
}
