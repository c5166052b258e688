package dev.mgit.hooks.cost;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.SignificantDigits;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one request to a version costs, as it is noted there.
 *
 * @param prompt tokens
 * @param output tokens
 * @param flops operations by weights, see {@link RequestCost#weightFlops}
 * @param memory bytes of weights and of the KV cache
 * @param profile what the runtime follows from; without it the runtime is not known
 * @param seconds of the request, those of its prompt included
 */
public record NotedCost(
        long prompt,
        long output,
        double flops,
        long memory,
        Hardware hardware,
        long accelerators,
        Optional<RuntimeProfile> profile,
        Optional<Double> seconds,
        Instant made) {
    /** The request and what serves it: {@code 512+64@2xa100}. Of one name the latest is kept. */
    public String name() {
        return prompt + "+" + output + "@" + accelerators + "x" + hardware.name();
    }

    public Optional<Double> dollars() {
        return seconds.map(time -> hardware.dollars(time, accelerators));
    }

    /** {@code cost of 512+64 tokens on 2 x a100: 0.15 s, $0.0003, 3.241e+09 FLOP}. */
    public String text() {
        return "cost of " + prompt + "+" + output + " tokens on " + accelerators + " x " + hardware.name() + ": "
                + seconds.map(time -> SignificantDigits.of(time) + " s, $"
                                + SignificantDigits.of(hardware.dollars(time, accelerators)) + ", ")
                        .orElse("")
                + SignificantDigits.of(flops) + " FLOP";
    }

    /** By whole name, for {@code mgit find --metric}. */
    Map<String, Double> metrics() {
        Map<String, Double> metrics = new TreeMap<>();
        String prefix = "cost/" + name() + "/";
        metrics.put(prefix + "flops", flops);
        metrics.put(prefix + "memory", (double) memory);
        seconds.ifPresent(time -> metrics.put(prefix + "seconds", time));
        dollars().ifPresent(price -> metrics.put(prefix + "dollars", price));
        return metrics;
    }

    /** What is told of it: all but the profile. */
    public JsonObject told() {
        return JsonMembers.of(
                "prompt",
                prompt,
                "output",
                output,
                "hardware",
                hardware.name(),
                "accelerators",
                accelerators,
                "flops",
                flops,
                "memory",
                memory,
                "seconds",
                seconds,
                "dollars",
                dollars());
    }

    JsonObject toJson() {
        return JsonMembers.of(
                "prompt",
                prompt,
                "output",
                output,
                "flops",
                flops,
                "memory",
                memory,
                "hardware",
                hardware.toJson(),
                "accelerators",
                accelerators,
                "profile",
                profile.map(RuntimeProfile::toJson),
                "seconds",
                seconds,
                "made",
                made.toString());
    }

    /** @throws JsonException saying what cannot be */
    static NotedCost fromJson(JsonObject json) {
        long accelerators = json.number("accelerators");
        double flops = json.optionalReal("flops").orElse(Double.NaN);
        if (accelerators < 1 || json.number("memory") < 0 || !(flops >= 0 && flops < Double.POSITIVE_INFINITY)) {
            throw new JsonException("a cost has " + accelerators + " accelerators, " + json.number("memory")
                    + " bytes and " + flops + " operations");
        }
        return new NotedCost(
                json.number("prompt"),
                json.number("output"),
                flops,
                json.number("memory"),
                Hardware.fromJson(json.object("hardware")),
                accelerators,
                json.optionalObject("profile").map(RuntimeProfile::fromJson),
                json.optionalReal("seconds").map(time -> RuntimeProfile.seconds("the request", time)),
                Instant.parse(json.string("made")));
    }
}
