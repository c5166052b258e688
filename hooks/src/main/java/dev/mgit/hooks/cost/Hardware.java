package dev.mgit.hooks.cost;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * An accelerator and its price.
 *
 * @param dollarsPerHour of one; those of {@link #KNOWN} are the notebook's of 2305.02440
 * @param memory bytes of one
 */
public record Hardware(String name, double dollarsPerHour, long memory) {
    private static final long GIB = 1L << 30;
    private static final String FORM = "a file {\"name\": TEXT, \"dollars_per_hour\": X, \"memory_gib\": N}";
    private static final Map<String, Hardware> KNOWN = Map.of(
            "a100", new Hardware("a100", 4.096, 80 * GIB),
            "v100", new Hardware("v100", 3.06, 32 * GIB));

    /** @throws MgitException of kind USAGE if it is neither known nor a file that says what is asked */
    public static Hardware of(String name, Path directory) throws IOException {
        Hardware known = KNOWN.get(name);
        if (known != null) {
            return known;
        }
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "unknown hardware '" + name + "'", "use a100, v100, or " + FORM);
        }
        try {
            return fromJson(Json.parsePythonObject(ProfileFile.bytes(file)));
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "cannot read the hardware '" + file + "': " + e.getMessage(),
                    "write " + FORM,
                    e);
        }
    }

    /** @throws JsonException saying what cannot be */
    static Hardware fromJson(JsonObject json) {
        double dollars = json.optionalReal("dollars_per_hour").orElse(Double.NaN);
        double memory = json.optionalReal("memory_gib").orElse(Double.NaN);
        if (!(dollars >= 0 && dollars < 1e6) || !(memory >= 0.001 && memory < 1e6)) {
            throw new JsonException("dollars_per_hour must be 0 or more, and memory_gib 0.001 or more, both below 1e6");
        }
        return new Hardware(json.string("name"), dollars, (long) (memory * GIB));
    }

    JsonObject toJson() {
        return JsonMembers.of("name", name, "dollars_per_hour", dollarsPerHour, "memory_gib", (double) memory / GIB);
    }

    /** How many hold so many bytes. */
    public long accelerators(long bytes) {
        return Math.max(1, (bytes + memory - 1) / memory);
    }

    /** Dollars of a request: T × accelerators × price / 3600. The notebook divides by 36, which gives cents. */
    public double dollars(double seconds, long accelerators) {
        return seconds * accelerators * dollarsPerHour / 3600;
    }
}
