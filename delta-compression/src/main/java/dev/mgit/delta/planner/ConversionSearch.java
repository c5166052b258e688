package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.CastPredictor;
import dev.mgit.delta.predictor.Predictor;
import dev.mgit.delta.predictor.QuantizePredictor;
import java.util.List;
import java.util.Optional;

/** The ways a child's dtype may have been made from a source's. */
final class ConversionSearch {
    /** So few scales are repeated rather than read from a second source. */
    private static final int FEW = 8;

    private final Trial trial;
    private final Placement placement;
    private final Candidates candidates;

    private ConversionSearch(Trial trial, Placement placement, Candidates candidates) {
        this.trial = trial;
        this.placement = placement;
        this.candidates = candidates;
    }

    /** Offers all recipes that lead from a placement to the child: one without conversion where dtypes are equal. */
    static void offer(Trial trial, Placement placement, Candidates candidates) {
        new ConversionSearch(trial, placement, candidates).offerAll();
    }

    private void offerAll() {
        Dtype from = placement.dtype();
        Dtype to = trial.spec().dtype();
        if (from == to) {
            trial.offer(Conversion.recipe(trial.child(), placement, Optional.empty()));
        } else if (CastPredictor.possible(from, to)) {
            offer("cast", new CastPredictor(), 1, CastPredictor.parameters(from));
        } else if (from.isFloat() && (to == Dtype.Q8_0 || to == Dtype.Q4_0)) {
            offer("quantize " + to, new QuantizePredictor(), 1, QuantizePredictor.ggml(from));
        } else if (from.isFloat() && (to == Dtype.I8 || to == Dtype.U8)) {
            offerIntegers();
        }
    }

    private void offer(String name, Predictor predictor, long unit, byte[] parameters) {
        offer(new Conversion(name, predictor, unit, (first, count) -> parameters, List.of()));
    }

    private void offer(Conversion conversion) {
        trial.offer(Conversion.recipe(trial.child(), placement, Optional.of(conversion)));
    }

    private void offerIntegers() {
        TensorSpec spec = trial.spec();
        long columns = SampledValues.innermost(spec);
        if (spec.dtype() == Dtype.I8 && columns <= Trial.MAX_ROW) {
            offer("quantize absmax", new QuantizePredictor(), columns, QuantizePredictor.absmax(placement.dtype(), (int)
                    columns));
        }
        QuantizationParameters parameters = trial.quantization().orElse(null);
        if (parameters == null) {
            return;
        }
        for (long run : parameters.runs(spec)) {
            offer(
                    parameters.inferred()
                            ? parameters.withZeroPoints(ZeroPoints.of(trial.child(), placement, parameters, run))
                            : parameters,
                    run);
        }
    }

    private void offer(QuantizationParameters parameters, long run) {
        Dtype from = placement.dtype();
        Optional<SourceTensor> stored = placement instanceof Placement.Straight && parameters.channels() > FEW
                ? parameters.stored(candidates)
                : Optional.empty();
        for (int scheme : new int[] {QuantizePredictor.AFFINE, QuantizePredictor.AFFINE_RECIPROCAL}) {
            offer(new Conversion(
                    "quantize per " + channel(parameters, run),
                    new QuantizePredictor(),
                    1,
                    stored.isPresent()
                            ? (first, count) -> parameters.besideScales(from, scheme, run, first)
                            : (first, count) -> parameters.of(from, scheme, run, first, count),
                    stored.map(List::of).orElse(List.of())));
        }
    }

    private String channel(QuantizationParameters parameters, long run) {
        if (parameters.channels() == 1) {
            return "tensor";
        }
        return run == 1 ? "column" : run == SampledValues.innermost(trial.spec()) ? "row" : "channel";
    }
}
