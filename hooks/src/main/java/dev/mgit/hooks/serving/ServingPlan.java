package dev.mgit.hooks.serving;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How to serve a batch.
 *
 * @param seconds until the last instance is done
 * @param fat seconds of one instance with all threads, where it was measured
 * @param instances those that run at once
 */
public record ServingPlan(int threads, int batch, double seconds, Optional<Double> fat, List<Instances> instances) {
    /** Equal instances: ⟨i, t, b⟩. */
    public record Instances(int count, int threads, int batch) {
        @Override
        public String toString() {
            return "<" + count + "," + threads + "," + batch + ">";
        }
    }

    public ServingPlan {
        instances = List.copyOf(instances);
    }

    /** Threads that no instance has. */
    public int idle() {
        return threads
                - instances.stream()
                        .mapToInt(one -> one.count() * one.threads())
                        .sum();
    }

    /** {@code <4,2,8> <1,4,16>}: instances, threads of each, items of each. */
    public String text() {
        return instances.stream().map(Instances::toString).collect(Collectors.joining(" "));
    }

    public JsonObject toJson() {
        return JsonMembers.of(
                "threads",
                threads,
                "batch",
                batch,
                "seconds",
                seconds,
                "fatSeconds",
                fat,
                "instances",
                instances.stream()
                        .map(one ->
                                JsonMembers.of("count", one.count(), "threads", one.threads(), "batch", one.batch()))
                        .toList());
    }

    static ServingPlan fromJson(JsonObject json) {
        return new ServingPlan(
                (int) json.number("threads"),
                (int) json.number("batch"),
                json.optionalReal("seconds").orElseThrow(() -> new IllegalArgumentException("a plan has no latency")),
                json.optionalReal("fatSeconds"),
                json.objects("instances").stream()
                        .map(one -> new Instances(
                                (int) one.number("count"), (int) one.number("threads"), (int) one.number("batch")))
                        .toList());
    }
}
