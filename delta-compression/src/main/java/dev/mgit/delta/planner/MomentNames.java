package dev.mgit.delta.planner;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What optimizers call the two moments that Adam keeps of each weight. */
final class MomentNames {
    /** In this order: PyTorch, PaddlePaddle, TensorFlow, Keras, Optax, and code that follows the paper. */
    private static final List<Pair> PAIRS = List.of(
            new Pair("exp_avg", "exp_avg_sq"),
            new Pair("moment1", "moment2"),
            new Pair("Adam", "Adam_1"),
            new Pair("momentum", "velocity"),
            new Pair("mu", "nu"),
            new Pair("m", "v"));

    private MomentNames() {}

    /** The name of the second moment that goes with a first moment; empty if the name is not that of a first moment. */
    static Optional<String> second(String first) {
        for (Pair pair : PAIRS) {
            Matcher found = pair.word().matcher(first);
            if (found.find()) {
                return Optional.of(first.substring(0, found.start()) + pair.second() + first.substring(found.end()));
            }
        }
        return Optional.empty();
    }

    private record Pair(Pattern word, String second) {
        Pair(String first, String second) {
            this(Pattern.compile("(?<![A-Za-z0-9])" + first + "(?![A-Za-z0-9]|_sq|_1$)"), second);
        }
    }
}
