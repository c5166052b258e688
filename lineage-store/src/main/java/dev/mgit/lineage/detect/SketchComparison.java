package dev.mgit.lineage.detect;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * How two models compare, from their sketches. Structure is what {@code pairs} says of names and shapes, content is
 * what the sampled values say.
 *
 * @param a one model
 * @param b the other
 * @param pairs of tensors, those of weights first
 * @param related pairs of weights whose values agree
 * @param shareOfA share of a's elements, in weights, that have a related tensor in b
 * @param shareOfB the same for b
 * @param distance mean over related weights of the squared difference in units of their variance
 */
record SketchComparison(
        ModelSketch a,
        ModelSketch b,
        List<TensorPair> pairs,
        List<TensorPair> related,
        double shareOfA,
        double shareOfB,
        double distance) {
    /** Below this share of common weights two models are no relatives. */
    private static final double LEAST_SHARE = 0.4;

    private static final double UNKNOWN = Double.POSITIVE_INFINITY;

    static SketchComparison of(ModelSketch a, ModelSketch b) {
        List<TensorPair> pairs = TensorPairing.of(a, b);
        List<TensorPair> related = closest(pairs.stream()
                .filter(pair -> pair.b().isWeight() && pair.a().isWeight() && pair.related())
                .toList());
        Set<String> ofA = related.stream().map(pair -> pair.a().name()).collect(Collectors.toSet());
        Set<String> ofB = related.stream().map(pair -> pair.b().name()).collect(Collectors.toSet());
        double distance =
                related.stream().mapToDouble(TensorPair::distance).average().orElse(TensorPair.UNRELATED_DISTANCE);
        return new SketchComparison(
                a,
                b,
                List.copyOf(pairs),
                related,
                share(a.elementsAmong(ofA), a),
                share(b.elementsAmong(ofB), b),
                distance);
    }

    /** Without wholes whose parts are much nearer: these are in another order. */
    private static List<TensorPair> closest(List<TensorPair> related) {
        Map<String, Double> parts = related.stream()
                .filter(pair -> pair.b().part())
                .collect(Collectors.groupingBy(
                        pair -> pair.b().whole(), Collectors.averagingDouble(TensorPair::distance)));
        return related.stream()
                .filter(pair -> pair.b().part() || parts.getOrDefault(pair.b().name(), UNKNOWN) * 2 >= pair.distance())
                .toList();
    }

    /** The same comparison with a and b exchanged. */
    SketchComparison reversed() {
        List<TensorPair> turned = pairs.stream().map(TensorPair::reversed).toList();
        List<TensorPair> turnedRelated =
                related.stream().map(TensorPair::reversed).toList();
        return new SketchComparison(b, a, turned, turnedRelated, shareOfB, shareOfA, distance);
    }

    private static double share(long elements, ModelSketch of) {
        long all = of.elements();
        return all == 0 ? 0 : (double) elements / all;
    }

    /**
     * One of the two, mostly, is made of weights of the other. One weight that is in both, a head, an embedding, is no
     * kinship of models that have more; and an adapter is kin to adapters only, whatever head is saved with it.
     */
    boolean isRelated() {
        int weights = Math.min(a.kinWeights().size(), b.kinWeights().size());
        return Math.max(shareOfA, shareOfB) >= LEAST_SHARE
                && (related.size() > 1 || weights == 1)
                && a.isAdapter() == b.isAdapter();
    }

    /** Whether both have weights, and none in common; one alone, as a head, is none of models that have more. */
    boolean isStrange() {
        int weights = Math.min(a.kinWeights().size(), b.kinWeights().size());
        return weights > 0 && (related.isEmpty() || related.size() == 1 && weights > 1);
    }

    /** Whether both hold the same, all tensors of it, in whatever order, under whatever names and in whatever types. */
    boolean isSame() {
        Set<Long> contents = ModelSketch.contents(a.tensors());
        return !contents.isEmpty() && contents.equals(ModelSketch.contents(b.tensors()));
    }

    /** Tensors of one name in both that are too small to count as weights, and not the same. */
    boolean differsInSmall() {
        return pairs.stream().anyMatch(pair -> !pair.b().isWeight() && pair.equal() < pair.count());
    }

    /** The share of a count of samples in the related weights. */
    double share(ToDoubleFunction<TensorPair> counted) {
        double all = related.stream().mapToInt(TensorPair::count).sum();
        return all == 0 ? 0 : related.stream().mapToDouble(counted).sum() / all;
    }

    /** Related weights that are the same in every sample. */
    long same() {
        return related.stream().filter(pair -> pair.equal() == pair.count()).count();
    }

    long renamed() {
        return related.stream()
                .filter(pair -> !pair.a().name().equals(pair.b().name()))
                .count();
    }

    /** Structural divergence: the share of related weights under another name or layout; 1 more in another format. */
    double structure() {
        double changed = renamed() + transposed();
        return (related.isEmpty() ? 0 : changed / related.size()) + (a.formats().equals(b.formats()) ? 0 : 1);
    }

    long transposed() {
        return related.stream().filter(TensorPair::isRearranged).count();
    }

    /** Related weights with more rows or columns in b than in a, less those with fewer. */
    long grown() {
        return related.stream()
                .filter(pair -> !pair.transposed())
                .mapToLong(pair -> Long.signum(pair.b().elements() - pair.a().elements()))
                .sum();
    }

    /**
     * How much longer b's weights are, in squares, over the squared distance: 1 where b is a plus an update independent
     * of a, -1 the other way around, less where weights decay. NaN if nothing can be said.
     */
    double growth() {
        double grown = 0;
        double moved = 0;
        for (TensorPair pair : related) {
            double scale = (pair.a().square() + pair.b().square()) / 2;
            if (!pair.transposed() && pair.a().rows() == pair.b().rows() && scale > 0 && pair.equal() < pair.count()) {
                grown += (pair.b().square() - pair.a().square()) / scale;
                moved += pair.distance();
            }
        }
        return grown / moved;
    }

    /**
     * By what all of b's weights are larger than a's alike: the median of log(b/a) over weights that are not small.
     * Weight decay makes it negative; learning leaves it be, as it moves weights up and down.
     */
    double scaling() {
        List<TensorPair> changed =
                related.stream().filter(pair -> pair.equal() < pair.count()).toList();
        double[] ratios =
                new double[changed.stream().mapToInt(TensorPair::samples).sum()];
        int count = 0;
        for (TensorPair pair : changed) {
            count = pair.ratios(ratios, count);
        }
        // The logarithm keeps the order.
        return count == 0 ? 0 : Math.log(Selection.nth(ratios, count, count / 2));
    }

    /** The distance over changed weights alone, which growth, scaling and kurtosis are of, too. */
    double changedDistance() {
        return related.stream()
                .filter(pair -> pair.equal() < pair.count())
                .mapToDouble(TensorPair::distance)
                .average()
                .orElse(0);
    }

    /** Values that {@link #growth} was measured over. */
    double counted() {
        return related.stream()
                .filter(pair -> pair.equal() < pair.count())
                .mapToDouble(pair -> SamplePositions.GRID
                        * Math.min((double) pair.b().columns() * pair.b().depth(), TensorSampler.ROW))
                .sum();
    }

    /** Mean over changed weights of b's kurtosis less a's. */
    double kurtosis() {
        return related.stream()
                .filter(pair -> pair.equal() < pair.count()
                        && pair.a().square() > 0
                        && pair.b().square() > 0)
                .mapToDouble(pair -> kurtosis(pair.b()) - kurtosis(pair.a()))
                .average()
                .orElse(0);
    }

    private static double kurtosis(TensorSketch tensor) {
        return tensor.fourth() / (tensor.square() * tensor.square());
    }
}
