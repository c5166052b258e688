package dev.mgit.lineage.detect;

import java.util.Locale;

/**
 * Which of two trained models came first, from the weights alone. Two weak signs:
 *
 * <ul>
 *   <li>An update that is independent of the weights makes them longer: |a + u|² = |a|² + |u|². Training with
 *       cross-entropy lengthens them further; strong weight decay does the opposite. The difference of squares is
 *       measured over the very rows both sketches read, so its error is 2/sqrt(n·distance) for n values.
 *   <li>Fine-tuning lowers the kurtosis of weights (Horwitz, Shul and Hoshen, "On the Origin of Llamas: Model Tree
 *       Heritage Recovery", 2024, where the opposite holds for pre-training).
 * </ul>
 *
 * Both together stay below the odds a rule or a claim has.
 */
final class Direction {
    private static final double MOST_BY_GROWTH = 2;
    private static final double MOST_BY_KURTOSIS = 0.5;

    /** Spread of the growth that is not noise of the sample: decay, learning rates. */
    private static final double SPREAD = 2;

    private Direction() {}

    /** Log-odds that b came from a. */
    static double odds(Likeness likeness) {
        double growth = likeness.growth();
        if (!Double.isFinite(growth)) {
            return 0;
        }
        double noise = 4 / (likeness.counted() * Math.max(likeness.distance(), 1e-12));
        double byGrowth = 2 * growth / (noise + SPREAD);
        double byKurtosis = -50 * likeness.kurtosis();
        return clip(byGrowth, MOST_BY_GROWTH) + clip(byKurtosis, MOST_BY_KURTOSIS);
    }

    static String words(Likeness likeness) {
        return String.format(
                Locale.ROOT,
                "squares grew by %.2g of the squared distance, kurtosis by %.2g",
                likeness.growth(),
                likeness.kurtosis());
    }

    private static double clip(double value, double most) {
        return Math.max(-most, Math.min(most, value));
    }
}
