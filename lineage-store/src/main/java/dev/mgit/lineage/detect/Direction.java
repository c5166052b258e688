package dev.mgit.lineage.detect;

import java.util.Locale;

/**
 * Which of two trained models came first, from the weights alone. Three weak signs, each less than a claim:
 *
 * <ul>
 *   <li>An update that is independent of the weights makes them longer, |a + u|² = |a|² + |u|², and training with
 *       cross-entropy lengthens them further. The difference of squares is measured over the very rows both sketches
 *       read, so its error is 2/sqrt(n·distance) for n values.
 *   <li>Weight decay shortens them again, but all alike. So the same is asked of what is left when the common factor,
 *       the median of log(b/a), is taken out.
 *   <li>Fine-tuning lowers the kurtosis of weights (Horwitz, Shul and Hoshen, "On the Origin of Llamas: Model Tree
 *       Heritage Recovery", 2024, where the opposite holds for pre-training).
 * </ul>
 */
record Direction(SketchComparison likeness, double growth, double scaling, double kurtosis) {
    /** What growing at all counts, and what growing further counts: noise grows by 1, learning by more. */
    private static final double GROWN = 0.4;

    private static final double PER_GROWTH = 0.1;
    private static final double MOST_GROWTH = 8;
    private static final double PER_UNSCALED = 0.15;
    private static final double MOST_UNSCALED = 7;
    private static final double PER_KURTOSIS = 250;
    private static final double MOST_KURTOSIS = 1;

    /** Deviation of the difference of kurtoses of n values at distance 1, times sqrt(n); that of a normal sample. */
    private static final double KURTOSIS_NOISE = 5;

    /** A difference of kurtosis that counts even where it is not noise. */
    private static final double KURTOSIS = 0.002;

    static Direction of(SketchComparison likeness) {
        return new Direction(likeness, likeness.growth(), likeness.scaling(), likeness.kurtosis());
    }

    /** Log-odds that b came from a. */
    double odds() {
        if (!Double.isFinite(growth)) {
            return 0;
        }
        double distance = Math.max(likeness.changedDistance(), 1e-12);
        double values = likeness.counted();
        double samples = likeness.related().stream()
                .filter(pair -> pair.equal() < pair.count())
                .mapToInt(TensorPair::count)
                .sum();
        double sure = growth / (1 + 2 / Math.sqrt(values * distance));
        double byGrowth = GROWN * clip(sure, 1) + PER_GROWTH * clip(sure, MOST_GROWTH);
        double unscaled = growth - 2 * scaling / distance;
        double byUnscaled = PER_UNSCALED * clip(unscaled / (1 + 2 / Math.sqrt(samples * distance)), MOST_UNSCALED);
        double noise = KURTOSIS_NOISE * Math.sqrt(distance / values) / KURTOSIS;
        double byKurtosis = clip(-PER_KURTOSIS * kurtosis / (1 + noise), MOST_KURTOSIS);
        return byGrowth + byUnscaled + byKurtosis;
    }

    String words() {
        return String.format(
                Locale.ROOT,
                "squares grew by %.2g of the squared distance, all weights alike by %.1g, kurtosis by %.2g",
                growth,
                scaling,
                kurtosis);
    }

    private static double clip(double value, double most) {
        return Math.max(-most, Math.min(most, value));
    }
}
