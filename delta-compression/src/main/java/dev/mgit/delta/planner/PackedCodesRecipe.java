package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.PackedCodesPredictor;
import dev.mgit.delta.predictor.PackedCodesPredictor.Form;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Packed codes from the rows of floats around a block.
 *
 * @param placement of the floats in the matrix of codes
 * @param offset what zeros are above those stored
 * @param factors what input channels were multiplied with before; none if they were not
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PackedCodesRecipe(TensorSpec child, Placement placement, PackedScales scales, int offset, float[] factors)
        implements Derivation {
    @Override
    public String name() {
        return factors.length == 0 ? "packed-codes" : "scaled-channels+packed-codes";
    }

    @Override
    public List<SourceTensor> sources() {
        return placement.sources();
    }

    @Override
    public Optional<TensorPrediction> predicted(long offset, int length) {
        if (offset % Integer.BYTES != 0 || length % Integer.BYTES != 0 || length == 0) {
            return Optional.empty();
        }
        Form form = scales.form();
        long first = offset / Integer.BYTES;
        long last = first + length / Integer.BYTES - 1;
        int from = (int) (first / form.wordColumns()) * form.rowsOfWords();
        int to = ((int) (last / form.wordColumns()) + 1) * form.rowsOfWords();
        boolean across = (form.flags() & PackedCodesPredictor.ACROSS) != 0;
        Dtype source = placement.dtype();
        byte[] parameters = PackedCodesPredictor.parameters(
                source,
                form,
                (int) (first % form.wordColumns()),
                scales.of(from, to, this.offset),
                factors.length == 0 || across ? factors : Arrays.copyOfRange(factors, from, to));
        long floats = (long) (to - from) * form.columns();
        return placement
                .at((long) from * form.columns(), floats)
                .map(placed -> placed.then(
                        source,
                        source.bytesFor(floats),
                        new PackedCodesPredictor(),
                        parameters,
                        child.dtype(),
                        length));
    }
}
