package dev.mgit.hooks.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.serving.ServingPlan.Instances;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Plans against all there are, on random profiles. */
class ServingPlannerTest {
    private static final int MOST = 6;

    /** The least latency over every set of instances that fits. */
    private static double least(LatencyProfile profile, int threads, int batch) {
        if (batch == 0) {
            return 0;
        }
        double least = Double.POSITIVE_INFINITY;
        for (var byThreads : profile.latencies().entrySet()) {
            for (var one : byThreads.getValue().entrySet()) {
                if (byThreads.getKey() <= threads && one.getKey() <= batch) {
                    double rest = least(profile, threads - byThreads.getKey(), batch - one.getKey());
                    least = Math.min(least, Math.max(rest, one.getValue()));
                }
            }
        }
        return least;
    }

    /** Any latencies at all: more threads may well be slower, and some pairs are not measured. */
    private static LatencyProfile random(Random random) {
        Map<Integer, Map<Integer, Double>> latencies = new TreeMap<>();
        for (int threads = 1; threads <= MOST; threads++) {
            for (int batch = 1; batch <= MOST; batch++) {
                if (threads + batch == 2 || random.nextInt(3) > 0) {
                    latencies
                            .computeIfAbsent(threads, key -> new TreeMap<>())
                            .put(batch, 0.25 * (1 + random.nextInt(40)));
                }
            }
        }
        return new LatencyProfile(latencies);
    }

    @Test
    void noOtherPlanIsFaster() {
        var random = new Random(11);
        for (int i = 0; i < 40; i++) {
            LatencyProfile profile = random(random);
            for (int threads = 1; threads <= MOST; threads++) {
                for (int batch = 1; batch <= MOST; batch++) {
                    assertLeast(profile, threads, batch);
                }
            }
        }
    }

    private static void assertLeast(LatencyProfile profile, int threads, int batch) {
        double least = least(profile, threads, batch);
        if (Double.isInfinite(least)) {
            assertThatThrownBy(() -> ServingPlanner.plan(profile, threads, batch))
                    .isInstanceOf(MgitException.class)
                    .hasMessageContaining("do not add up to " + batch + " within " + threads + " threads");
            return;
        }
        ServingPlan plan = ServingPlanner.plan(profile, threads, batch);
        assertThat(plan.seconds()).isEqualTo(least);
        assertThat(plan.fat().orElse(Double.POSITIVE_INFINITY)).isGreaterThanOrEqualTo(plan.seconds());
        assertConsistent(profile, plan);
    }

    private static void assertConsistent(LatencyProfile profile, ServingPlan plan) {
        int items = 0;
        double slowest = 0;
        for (Instances one : plan.instances()) {
            items += one.count() * one.batch();
            slowest = Math.max(slowest, profile.latencies().get(one.threads()).get(one.batch()));
        }
        assertThat(items).isEqualTo(plan.batch());
        int busy = plan.instances().stream()
                .mapToInt(one -> one.count() * one.threads())
                .sum();
        assertThat(plan.idle()).isEqualTo(plan.threads() - busy).isNotNegative();
        assertThat(slowest).isEqualTo(plan.seconds());
    }

    @Test
    void threadsStayIdleWhereTheyDoNotHelp() {
        LatencyProfile profile = LatencyProfile.parse("threads,batch,seconds\n1,1,1\n1,2,1.5\n4,2,3\n", "made");

        ServingPlan plan = ServingPlanner.plan(profile, 4, 2);

        assertThat(plan.text()).isEqualTo("<2,1,1>");
        assertThat(plan.idle()).isEqualTo(2);
        assertThat(plan.fat()).contains(3.0);
        assertThat(ServingPlan.fromJson(Json.parseObject(Json.bytes(plan.toJson()))))
                .isEqualTo(plan);
    }

    @Test
    void whatCannotBePlannedIsSaid() {
        LatencyProfile profile = LatencyProfile.parse("threads,batch,seconds\n2,2,1\n", "made");

        assertThatThrownBy(() -> ServingPlanner.plan(profile, 4, 3))
                .isInstanceOf(MgitException.class)
                .hasMessage("the profile's batches do not add up to 3 within 4 threads");
        assertThatThrownBy(() -> ServingPlanner.plan(profile, 0, 3)).hasMessageContaining("must be 1 to 4096");
        refused("", "it is empty");
        refused("threads;batch;seconds\n1;1;1", "the heading is 'threads;batch;seconds'");
        refused("threads,batch,seconds\n", "it has no latencies");
        refused("threads,batch,seconds\n1,1,NaN", "line 2 has 'NaN' as seconds, which is no number");
        refused("threads,batch,seconds\n1,1,0", "a latency of 0.0 seconds");
        refused("threads,batch,seconds\n1,1,1\n1,1,2", "line 3: 1 threads with a batch of 1 are there twice");
        refused("threads,batch,seconds\n1,99999,1", "must be 1 to 4096");
        refused("threads,batch,seconds\n1,1", "line 2 has 2 cells");
    }

    private static void refused(String csv, String why) {
        assertThatThrownBy(() -> LatencyProfile.parse(csv, "made"))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining(why);
    }
}
