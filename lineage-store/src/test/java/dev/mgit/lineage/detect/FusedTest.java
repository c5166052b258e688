package dev.mgit.lineage.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Query, key and value in one matrix are taken for what they were apart. Made models. */
class FusedTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final MadeModel apart = Families.base("apart", 3, new ModelShape(300, 64, 2, Element.F32));

    private SketchComparison likeness(MadeModel fused) throws IOException {
        return SketchComparison.of(sketch(apart), sketch(fused));
    }

    private ModelSketch sketch(MadeModel model) throws IOException {
        Path file = folder.resolve(model.name() + ".safetensors");
        model.writeWeightsTo(file);
        try (CheckpointTensors weights = CheckpointTensors.of(file)) {
            return Sketcher.of(weights, MetadataClaims.NONE);
        }
    }

    @Test
    void onTopOfEachOther() throws IOException {
        SketchComparison likeness = likeness(Families.fused(apart, "fused"));
        assertThat(likeness.shareOfA()).isEqualTo(1);
        assertThat(likeness.distance()).isZero();
    }

    @Test
    void sideBySide() throws IOException {
        SketchComparison likeness =
                likeness(Families.transposed(Families.fused(apart, "fused"), "turned", name -> true));
        assertThat(likeness.shareOfA()).isEqualTo(1);
        assertThat(likeness.distance()).isZero();
    }

    @Test
    void andTrainedOn() throws IOException {
        SketchComparison likeness = likeness(Families.fineTuned(Families.fused(apart, "fused"), "tuned", 9, 1e-3));
        assertThat(likeness.shareOfA()).isEqualTo(1);
        assertThat(Relation.of(likeness)).isPresent();
    }

    /** A sparse matrix has fewer bytes than elements, and no numbers to take apart. */
    @Test
    void whatHoldsNoNumbersStaysWhole() throws IOException {
        TensorSpec spec = new TensorSpec("sparse", Dtype.OPAQUE, List.of(10L, 30L));
        var weight = new CheckpointTensor(
                "sparse",
                spec,
                new ObjectId("0".repeat(64)),
                "model.tflite",
                new MemoryByteSource(new byte[100]),
                Optional.empty(),
                false,
                Optional.empty());
        assertThat(FusedProjections.parts(weight, new RecurrentGates(List.of(weight))))
                .isEmpty();
        assertThat(TensorSampler.of(weight).values()).isEmpty();
    }
}
