package dev.mgit.hooks.cost;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fitted form of 2305.02440, in the JSON that HELM keeps it in: T(p, o) = F(p) + β·(o − 1) + overhead, and
 * F(p) + overhead where o is 0 or 1.
 *
 * @param perOutputToken β, seconds
 * @param prompts F at the prompt lengths that were measured, seconds
 * @param overhead seconds that every request takes on top; what queues and networks add to a denoised runtime
 * @param accelerators how many the measurements were made on, if it is said
 */
public record RuntimeProfile(
        double perOutputToken, NavigableMap<Long, Double> prompts, double overhead, Optional<Long> accelerators) {
    private static final double LONGEST = 1e7;

    /** How F is read between the lengths that were measured. */
    public enum Interpolation {
        /** On the straight line between neighbours; before the first one as there, past the last one on the last line. */
        LINEAR,
        /**
         * HELM's rule: R[k]·p/k for the smallest measured k ≥ p, past the last one R[K]·p/K. A saw: F falls behind every
         * measured length.
         */
        HELM
    }

    public RuntimeProfile {
        prompts = new TreeMap<>(prompts);
        if (prompts.isEmpty()) {
            throw new JsonException("it has no runtime of a prompt");
        }
    }

    /** Seconds until the first output token. */
    public double prompt(long tokens, Interpolation interpolation) {
        return interpolation == Interpolation.HELM ? saw(tokens) : line(tokens);
    }

    private double saw(long tokens) {
        Map.Entry<Long, Double> above =
                Optional.ofNullable(prompts.ceilingEntry(tokens)).orElseGet(prompts::lastEntry);
        return above.getValue() * tokens / above.getKey();
    }

    private double line(long tokens) {
        Map.Entry<Long, Double> below = prompts.floorEntry(tokens);
        if (below == null) {
            return prompts.firstEntry().getValue();
        }
        Map.Entry<Long, Double> above = prompts.higherEntry(tokens);
        if (above == null) {
            above = below;
            below = prompts.lowerEntry(below.getKey());
        }
        if (below == null) {
            return above.getValue() * tokens / above.getKey();
        }
        double slope = (above.getValue() - below.getValue()) / (above.getKey() - below.getKey());
        return below.getValue() + slope * (tokens - below.getKey());
    }

    /** Seconds of a request. */
    public double runtime(long prompt, long output, Interpolation interpolation) {
        RequestCost.requireTokens(prompt, output);
        return prompt(prompt, interpolation) + perOutputToken * Math.max(0, output - 1) + overhead;
    }

    JsonObject toJson() {
        Map<String, Double> byLength = new LinkedHashMap<>();
        prompts.forEach((tokens, seconds) -> byLength.put(String.valueOf(tokens), seconds));
        return JsonMembers.of(
                "runtime_per_output_token",
                perOutputToken,
                "runtime_for_prompt_tokens",
                byLength,
                "overhead",
                overhead == 0 ? Optional.empty() : Optional.of(overhead),
                "accelerators",
                accelerators);
    }

    /** @throws JsonException saying what cannot be */
    static RuntimeProfile fromJson(JsonObject json) {
        NavigableMap<Long, Double> prompts = new TreeMap<>();
        json.object("runtime_for_prompt_tokens").members().forEach((length, seconds) -> {
            long tokens = length.matches("[1-9][0-9]{0,8}") ? Long.parseLong(length) : 0;
            if (tokens < 1) {
                throw new JsonException("'" + length + "' is no length of a prompt");
            }
            prompts.put(tokens, seconds("a prompt of " + length, seconds));
        });
        Optional<Long> accelerators = json.optionalNumber("accelerators");
        if (accelerators.filter(count -> count < 1 || count > 1_000_000).isPresent()) {
            throw new JsonException("it says " + accelerators.get() + " accelerators");
        }
        return new RuntimeProfile(
                seconds("an output token", json.members().get("runtime_per_output_token")),
                prompts,
                json.has("overhead") ? seconds("the overhead", json.members().get("overhead")) : 0,
                accelerators);
    }

    static double seconds(String what, @Nullable Object value) {
        if (!(value instanceof Number number)) {
            throw new JsonException(what + (value == null ? " has no seconds" : " has seconds that are no number"));
        }
        double seconds = number.doubleValue();
        if (!(seconds >= 0 && seconds <= LONGEST)) {
            throw new JsonException(what + " takes " + value + " seconds");
        }
        return seconds;
    }

    /** @throws MgitException of kind USAGE if there is no such rule */
    public static Interpolation interpolation(String word) {
        return switch (word) {
            case "linear" -> Interpolation.LINEAR;
            case "helm" -> Interpolation.HELM;
            default ->
                throw new MgitException(
                        MgitException.Kind.USAGE, "unknown interpolation '" + word + "'", "use linear or helm");
        };
    }
}
