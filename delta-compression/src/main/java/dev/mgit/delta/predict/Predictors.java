package dev.mgit.delta.predict;

import dev.mgit.delta.MgitException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All predictors there are, by the number stored objects name them with. */
public final class Predictors {
    private static final List<Predictor> ALL = List.of(
            new Parent(),
            new Rows(),
            new Cast(),
            new Transpose(),
            new Slices(),
            new Quantise(),
            new LowRank(),
            new Combine(),
            new Pruned(),
            new ScaledSlice(),
            new Extrapolate(),
            new Pipe(),
            new AbsmaxScale(),
            new Reference());

    private static final Map<Integer, Predictor> BY_CODE =
            ALL.stream().collect(Collectors.toUnmodifiableMap(Predictor::code, Function.identity()));

    /** Code of the predictor that guesses the parent's bytes. */
    public static final int PARENT = Parent.CODE;

    /** Code of the predictor that hands over bytes to be searched for matches. */
    public static final int REFERENCE = Reference.CODE;

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
