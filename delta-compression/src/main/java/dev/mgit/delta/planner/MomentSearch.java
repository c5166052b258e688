package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.predictor.AdamPredictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds out whether weights, or the first moments kept of them, are some steps of Adam away from the version before. Which
 * moments belong to which weights is seen by the values: optimizers number what they keep in an order of their own.
 */
final class MomentSearch {
    /** Correlation, at a few dozen places, of a movement with the direction it should have. */
    private static final double RELATED = 0.5;

    /** More tensors of one shape than this are not compared with each other. */
    private static final int MOST_ALIKE = 1024;

    private MomentSearch() {}

    /** The two moments of one tensor of weights, in one version. */
    private record Moments(SourceTensor first, SourceTensor second) {
        static Optional<Moments> of(SourceTensor first, Candidates candidates) {
            return MomentNames.second(first.spec().name())
                    .flatMap(name -> candidates.named(name).stream()
                            .filter(second -> second.origin().equals(first.origin())
                                    && alike(second, first.spec())
                                    && second.spec().dtype() == first.spec().dtype())
                            .map(second -> new Moments(first, second))
                            .findFirst());
        }

        double[] direction(Candidates candidates) {
            return directions(candidates.probe(first), candidates.probe(second));
        }
    }

    /** A tensor of weights in the version before and in the one that is stored. */
    private record Moved(SourceTensor before, SourceTensor after) {
        double[] movement(Candidates candidates) {
            return minus(candidates.probe(after), candidates.probe(before));
        }
    }

    /** @param twins tensors of the child's name, shape and dtype, nearest version first */
    static void search(Trial trial, List<SourceTensor> twins, Candidates candidates) {
        SourceTensor before = twins.get(0);
        if (isNew(before) || trial.spec().elements() < TensorProbe.LEAST) {
            return;
        }
        Optional<Moments> known = Moments.of(before, candidates);
        if (known.isPresent()) {
            moment(trial, known.get(), candidates);
        } else {
            weights(trial, before, candidates);
        }
    }

    private static void weights(Trial trial, SourceTensor before, Candidates candidates) {
        double[] movement = minus(probe(trial.child()), candidates.probe(before));
        List<Moments> moments = new ArrayList<>();
        for (Predicate<SourceTensor> version : List.of(of(before), MomentSearch::isNew)) {
            momentsOf(movement, trial.spec(), version, candidates)
                    .filter(found -> moments.isEmpty() || sameDtype(found, moments.get(0)))
                    .ifPresent(found -> {
                        moments.add(found);
                        offerWeights(trial, before, moments);
                    });
        }
    }

    private static Predicate<SourceTensor> of(SourceTensor one) {
        return source -> source.origin().equals(one.origin());
    }

    private static boolean isNew(SourceTensor source) {
        return source.rank() == SourceTensor.SAME_VERSION;
    }

    private static boolean sameDtype(Moments a, Moments b) {
        return a.first().spec().dtype() == b.first().spec().dtype();
    }

    /** Those moments of one version along which something moved, or against which. */
    private static Optional<Moments> momentsOf(
            double[] movement, TensorSpec spec, Predicate<SourceTensor> version, Candidates candidates) {
        double best = RELATED;
        Optional<Moments> found = Optional.empty();
        List<SourceTensor> firsts = candidates.moments(spec.elements());
        for (SourceTensor first : firsts.subList(0, Math.min(MOST_ALIKE, firsts.size()))) {
            if (version.test(first)
                    && alike(first, spec)
                    && first.spec().dtype().isFloat()) {
                Optional<Moments> moments = Moments.of(first, candidates);
                double related = moments.map(some -> related(movement, some.direction(candidates)))
                        .orElse(0.0);
                if (related > best) {
                    best = related;
                    found = moments;
                }
            }
        }
        return found;
    }

    private static void offerWeights(Trial trial, SourceTensor before, List<Moments> moments) {
        double[] old = trial.values(before);
        List<double[]> columns = new ArrayList<>(List.of(old));
        List<SourceTensor> sources = new ArrayList<>(List.of(before));
        for (Moments some : moments) {
            columns.add(directions(trial.values(some.first()), trial.values(some.second())));
            sources.addAll(List.of(some.first(), some.second()));
        }
        Dtype other = moments.get(0).first().spec().dtype();
        for (double[] fit : RobustFit.of(columns, minus(trial.values(), old))) {
            double[] factors = new double[fit.length - 1];
            System.arraycopy(fit, 1, factors, 0, factors.length);
            byte[] parameters = AdamPredictor.parameters(AdamPredictor.WEIGHTS, other, 1 + fit[0], factors);
            trial.offer(new Elementwise(new AdamPredictor(), trial.spec().dtype(), sources, parameters));
        }
    }

    private static void moment(Trial trial, Moments before, Candidates candidates) {
        double[] direction = before.direction(candidates);
        double best = RELATED;
        Optional<Moved> found = Optional.empty();
        List<SourceTensor> all = candidates.withElements(trial.spec().elements());
        List<SourceTensor> own =
                all.stream().filter(MomentSearch::isNew).limit(MOST_ALIKE).toList();
        for (SourceTensor after : own) {
            if (alike(after, trial.spec()) && after.spec().dtype().isFloat()) {
                Optional<Moved> moved = candidates.named(after.spec().name()).stream()
                        .filter(old -> old.origin().equals(before.first().origin())
                                && alike(old, after.spec())
                                && old.spec().dtype() == after.spec().dtype())
                        .map(old -> new Moved(old, after))
                        .findFirst();
                double related = moved.map(some -> related(some.movement(candidates), direction))
                        .orElse(0.0);
                if (related > best) {
                    best = related;
                    found = moved;
                }
            }
        }
        found.ifPresent(moved -> offerMoment(trial, before, moved));
    }

    private static void offerMoment(Trial trial, Moments before, Moved moved) {
        double[] seconds = trial.values(before.second());
        double[] old = trial.values(before.first());
        double[] gradients = minus(trial.values(moved.after()), trial.values(moved.before()));
        double[] now = trial.values();
        // A moment is as uncertain as its gradients are large: all of them count the same when that is divided by.
        for (int i = 0; i < seconds.length; i++) {
            gradients[i] = seconds[i] > 0 ? gradients[i] : 0;
            old[i] = AdamPredictor.direction(old[i], seconds[i]);
            now[i] = AdamPredictor.direction(now[i], seconds[i]);
        }
        Dtype other = moved.before().spec().dtype();
        List<SourceTensor> sources = List.of(before.first(), moved.before(), moved.after(), before.second());
        for (double[] fit : RobustFit.of(List.of(old, gradients), now)) {
            byte[] parameters = AdamPredictor.parameters(AdamPredictor.MOMENT, other, fit[0], fit[1]);
            trial.offer(new Elementwise(new AdamPredictor(), trial.spec().dtype(), sources, parameters));
        }
    }

    private static double related(double[] movement, double[] direction) {
        return movement.length == direction.length ? Math.abs(SampledValues.correlation(movement, direction)) : 0;
    }

    private static boolean alike(SourceTensor source, TensorSpec spec) {
        return source.spec().shape().equals(spec.shape());
    }

    private static double[] directions(double[] first, double[] second) {
        double[] directions = new double[first.length];
        for (int i = 0; i < directions.length; i++) {
            directions[i] = AdamPredictor.direction(first[i], second[i]);
        }
        return directions;
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private static double[] probe(ChildTensor child) {
        return TensorProbe.read(child.spec(), child::read);
    }
}
