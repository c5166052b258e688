package dev.mgit.hooks.serving;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.serving.ServingPlan.Instances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Packrat's dynamic program: with t threads and b items left, opt[t][b] = min over profiled (t′, b′) of
 * max(opt[t−t′][b−b′], L[t′][b′]), since instances run at once and the slowest one is waited for.
 *
 * <p>Two things the published code lacks: opt[t][0] = 0 for every t, so that threads may stay idle where more would slow
 * things down, and the choice itself is kept at each cell, rather than found again by comparing sums of floats. Of equal
 * latencies the one of fewer threads is taken, so that idle ones stay idle.
 *
 * @see <a href="https://arxiv.org/abs/2311.18174">Packrat</a>
 */
public final class ServingPlanner {
    /** Steps that a plan may take: threads · batch · profiled pairs. */
    private static final long MOST_STEPS = 4_000_000_000L;

    private record Choice(int threads, int batch, double seconds) {}

    private final List<Choice> choices = new ArrayList<>();
    private final int threads;
    private final int batch;

    private ServingPlanner(LatencyProfile profile, int threads, int batch) {
        this.threads = threads;
        this.batch = batch;
        profile.latencies()
                .forEach((t, byBatch) -> byBatch.forEach((b, seconds) -> {
                    if (t <= threads && b <= batch) {
                        choices.add(new Choice(t, b, seconds));
                    }
                }));
    }

    /**
     * The plan of least latency.
     *
     * @param threads at most so many at once
     * @param batch exactly so many items
     * @throws MgitException if the profile's batches do not add up to this one within the threads
     */
    public static ServingPlan plan(LatencyProfile profile, int threads, int batch) {
        if (threads < 1 || batch < 1 || threads > LatencyProfile.MOST || batch > LatencyProfile.MOST) {
            throw MgitException.usage("--threads and --batch must be 1 to " + LatencyProfile.MOST);
        }
        var planner = new ServingPlanner(profile, threads, batch);
        if ((long) threads * batch * planner.choices.size() > MOST_STEPS) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    threads + " threads, a batch of " + batch + " and " + planner.choices.size()
                            + " measurements are too many to plan",
                    "measure fewer, for example batches that are powers of two");
        }
        return planner.solve(fat(profile, threads, batch));
    }

    /** One instance with the most threads there are, for the whole batch, where it was measured. */
    private static Optional<Double> fat(LatencyProfile profile, int threads, int batch) {
        return Optional.ofNullable(
                profile.latencies().getOrDefault(threads, Map.of()).get(batch));
    }

    private ServingPlan solve(Optional<Double> fat) {
        double[][] best = new double[threads + 1][batch + 1];
        int[][] chosen = new int[threads + 1][batch + 1];
        for (int t = 0; t <= threads; t++) {
            Arrays.fill(best[t], 1, batch + 1, Double.POSITIVE_INFINITY);
            Arrays.fill(chosen[t], -1);
            for (int b = 1; b <= batch; b++) {
                if (t > 0) {
                    best[t][b] = best[t - 1][b];
                }
                for (int c = 0; c < choices.size(); c++) {
                    Choice choice = choices.get(c);
                    if (choice.threads() <= t && choice.batch() <= b) {
                        double latency = Math.max(best[t - choice.threads()][b - choice.batch()], choice.seconds());
                        if (latency < best[t][b]) {
                            best[t][b] = latency;
                            chosen[t][b] = c;
                        }
                    }
                }
            }
        }
        if (Double.isInfinite(best[threads][batch])) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the profile's batches do not add up to " + batch + " within " + threads + " threads",
                    "measure more, for example a batch of 1 with 1 thread");
        }
        return new ServingPlan(threads, batch, best[threads][batch], fat, instances(chosen));
    }

    /** Follows the choices; a cell without one left a thread idle. */
    private List<Instances> instances(int[][] chosen) {
        Map<List<Integer>, Integer> counts = new TreeMap<>((left, right) -> {
            int order = Integer.compare(right.get(0), left.get(0));
            return order == 0 ? Integer.compare(right.get(1), left.get(1)) : order;
        });
        int t = threads;
        int b = batch;
        while (b > 0) {
            if (chosen[t][b] < 0) {
                t--;
                continue;
            }
            Choice choice = choices.get(chosen[t][b]);
            counts.merge(List.of(choice.threads(), choice.batch()), 1, Integer::sum);
            t -= choice.threads();
            b -= choice.batch();
        }
        List<Instances> instances = new ArrayList<>();
        counts.forEach((each, count) -> instances.add(new Instances(count, each.get(0), each.get(1))));
        return instances;
    }
}
