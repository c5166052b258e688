package dev.mgit.bench.detect;

import dev.mgit.lineage.detect.MetadataClaims;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.detect.Sketcher;
import dev.mgit.lineage.detect.TensorSketch;
import java.util.List;
import java.util.Random;

/** Sketches of models that were never made: as large as another's, and related to nothing but their own family. */
final class StrangeSketch {
    private StrangeSketch() {}

    /** A sketch with the samples of another, in each row and column of the grid under signs that the seed decides. */
    static ModelSketch like(ModelSketch sketch, long seed) {
        List<TensorSketch> tensors = sketch.tensors().stream()
                .map(tensor -> turned(tensor, new Random(seed * 31 + tensor.layout())))
                .toList();
        return Sketcher.of(sketch.formats(), MetadataClaims.NONE, tensors);
    }

    private static TensorSketch turned(TensorSketch tensor, Random random) {
        long rows = random.nextLong();
        long columns = random.nextLong();
        float[] values = tensor.values().clone();
        for (int at = 0; at < values.length; at++) {
            int row = at / tensor.sampleColumns();
            int column = at % tensor.sampleColumns();
            values[at] *= (rows >>> row & 1) == (columns >>> column & 1) ? 1 : -1;
        }
        return new TensorSketch(
                tensor.name(),
                tensor.dtype(),
                tensor.rows(),
                tensor.columns(),
                tensor.depth(),
                tensor.layout(),
                tensor.digest() == 0 ? 0 : (tensor.digest() + rows) | 1,
                tensor.sampleRows(),
                tensor.sampleColumns(),
                values,
                tensor.square(),
                tensor.fourth(),
                tensor.scaled(),
                tensor.part());
    }
}
