package dev.mgit.lineage.merge;

import dev.mgit.delta.MgitException;

/**
 * A method and its numbers.
 *
 * @param ours weight of our side; for slerp unused
 * @param theirs weight of their side
 * @param normalize divide by the sum of the weights that took part
 * @param t for slerp: 0 is ours, 1 is theirs
 * @param lambda for methods with a base: factor of the mixed difference
 * @param density for ties and dare: share of each difference that is kept, above 0 and at most 1
 * @param rescale for ties and dare: scale what is kept so that the sum of magnitudes stays as it was
 * @param seed for dare: which elements are kept; the same seed keeps the same ones on every machine
 */
public record MergeStrategy(
        MergeMethod method,
        double ours,
        double theirs,
        boolean normalize,
        double t,
        double lambda,
        double density,
        boolean rescale,
        long seed) {
    public MergeStrategy {
        double sum = ours + theirs;
        require(Double.isFinite(sum) && Double.isFinite(lambda), "weights and lambda must be finite");
        require(Double.isFinite(t), "t must be finite");
        require(density > 0 && density <= 1, "density must be above 0 and at most 1");
        boolean divides = normalize && (method == MergeMethod.LINEAR || method == MergeMethod.AVERAGE);
        require(!divides || Math.abs(sum) >= 1e-8, "the weights sum to 0 and cannot be normalized");
    }

    private static void require(boolean condition, String sentence) {
        if (!condition) {
            throw MgitException.usage(sentence);
        }
    }

    /** A method with its defaults: weights 1 (a half each for the means), t 0.5, lambda 1, density 1, seed 0. */
    public static MergeStrategy of(MergeMethod method) {
        boolean mean = method == MergeMethod.LINEAR || method == MergeMethod.AVERAGE;
        double weight = mean ? 0.5 : 1;
        boolean normalize = mean || method == MergeMethod.TIES;
        return new MergeStrategy(method, weight, weight, normalize, 0.5, 1, 1, method.dropsAtRandom(), 0);
    }

    /**
     * Reads {@code METHOD[:KEY=VALUE[,KEY=VALUE]…]}, for example {@code ties:density=0.5,ours=0.7,theirs=0.3}. Keys are
     * {@code ours theirs normalize t lambda density rescale seed}. The first two numbers may stand without a key: they
     * are the weights of ours and theirs, for slerp the first is t.
     *
     * @throws MgitException of kind USAGE, naming what is wrong
     */
    public static MergeStrategy parse(String text) {
        int colon = text.indexOf(':');
        MergeStrategy strategy = of(MergeMethod.parse(colon < 0 ? text : text.substring(0, colon)));
        String[] parts = colon < 0 ? new String[0] : text.substring(colon + 1).split(",", -1);
        for (int i = 0; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            String bare =
                    i == 0 && strategy.method == MergeMethod.SLERP ? "t" : i == 0 ? "ours" : i == 1 ? "theirs" : "";
            require(
                    equals > 0 || (equals < 0 && !bare.isEmpty()),
                    "'" + parts[i] + "' in the strategy '" + text + "' is not of the form key=value");
            strategy = strategy.with(
                    equals < 0 ? bare : parts[i].substring(0, equals).strip(),
                    parts[i].substring(equals + 1).strip());
        }
        return strategy;
    }

    private MergeStrategy with(String key, String value) {
        boolean mean = method == MergeMethod.AVERAGE && (key.equals("ours") || key.equals("theirs"));
        require(!mean, "the strategy average has no weights; use linear");
        try {
            return switch (key) {
                case "ours" -> copy(number(value), theirs, normalize, t, lambda, density, rescale, seed);
                case "theirs" -> copy(ours, number(value), normalize, t, lambda, density, rescale, seed);
                case "normalize" -> copy(ours, theirs, flag(value), t, lambda, density, rescale, seed);
                case "t" -> copy(ours, theirs, normalize, number(value), lambda, density, rescale, seed);
                case "lambda" -> copy(ours, theirs, normalize, t, number(value), density, rescale, seed);
                case "density" -> copy(ours, theirs, normalize, t, lambda, number(value), rescale, seed);
                case "rescale" -> copy(ours, theirs, normalize, t, lambda, density, flag(value), seed);
                case "seed" -> copy(ours, theirs, normalize, t, lambda, density, rescale, Long.parseLong(value));
                default ->
                    throw new MgitException(
                            MgitException.Kind.USAGE,
                            "unknown key '" + key + "' in a strategy",
                            "use one of ours, theirs, normalize, t, lambda, density, rescale, seed");
            };
        } catch (NumberFormatException e) {
            throw MgitException.usage("'" + value + "' is not a valid value for '" + key + "' in a strategy");
        }
    }

    private static double number(String value) {
        return Double.parseDouble(value);
    }

    private static boolean flag(String value) {
        require(value.equals("true") || value.equals("false"), "'" + value + "' is not true or false");
        return value.equals("true");
    }

    private MergeStrategy copy(
            double ours,
            double theirs,
            boolean normalize,
            double t,
            double lambda,
            double density,
            boolean rescale,
            long seed) {
        return new MergeStrategy(method, ours, theirs, normalize, t, lambda, density, rescale, seed);
    }

    /** As {@link #parse} reads it, with every number, for a recipe. */
    @Override
    public String toString() {
        return method.picks()
                ? method.word()
                : (method.word() + ":")
                        + (method == MergeMethod.AVERAGE ? "" : "ours=" + ours + ",theirs=" + theirs + ",")
                        + ("normalize=" + normalize + ",t=" + t + ",lambda=" + lambda)
                        + (",density=" + density + ",rescale=" + rescale + ",seed=" + seed);
    }
}
