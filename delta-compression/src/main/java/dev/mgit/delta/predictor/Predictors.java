package dev.mgit.delta.predictor;

import dev.mgit.delta.MgitException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All predictors there are, by the number stored objects name them with. */
public final class Predictors {
    private static final List<Predictor> ALL = List.of(
            new ParentPredictor(),
            new RowsPredictor(),
            new CastPredictor(),
            new TransposePredictor(),
            new SlicesPredictor(),
            new QuantizePredictor(),
            new LowRankPredictor(),
            new CombinePredictor(),
            new PrunedPredictor(),
            new ScaledSlicePredictor(),
            new ExtrapolatePredictor(),
            new ChainPredictor(),
            new AbsmaxScalePredictor(),
            new ReferencePredictor(),
            new GroupQuantizePredictor(),
            new MaskPredictor(),
            new AdamPredictor(),
            new DecayPredictor(),
            new ScaledPredictor(),
            new MicroscalePredictor(),
            new PackedCodesPredictor());

    private static final Map<Integer, Predictor> BY_CODE =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Predictor::code, Function.identity()));

    /** Code of the predictor that predictions the parent's bytes. */
    public static final int PARENT = ParentPredictor.CODE;

    /** Code of the predictor that hands over bytes to be searched for matches. */
    public static final int REFERENCE = ReferencePredictor.CODE;

    private Predictors() {}

    /** @throws MgitException of kind INTEGRITY if no predictor has the code */
    public static Predictor byCode(int code) {
        Predictor found = BY_CODE.get(code);
        if (found == null) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "a stored block needs predictor " + code / 16 + " version " + code % 16
                            + ", which this mgit does not have",
                    "update mgit");
        }
        return found;
    }

    public static List<Predictor> all() {
        return ALL;
    }
}
