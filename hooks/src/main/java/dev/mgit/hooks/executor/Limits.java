package dev.mgit.hooks.executor;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.time.Duration;
import java.util.Optional;

/**
 * What a job may use at most.
 *
 * @param timeout wall-clock time after which it is killed
 * @param memory bytes of address space (local) or of memory (Slurm)
 * @param cpus processors it wants, 0 for the executor's default
 * @param gpus GPU slots it needs
 */
public record Limits(Optional<Duration> timeout, Optional<Long> memory, int cpus, int gpus) {
    public static final Limits NONE = new Limits(Optional.empty(), Optional.empty(), 0, 0);

    public static Limits timeout(Duration timeout) {
        return new Limits(Optional.of(timeout), Optional.empty(), 0, 0);
    }

    /** These, and where they say nothing the others. */
    Limits or(Limits others) {
        return new Limits(
                timeout.or(others::timeout),
                memory.or(others::memory),
                cpus == 0 ? others.cpus : cpus,
                gpus == 0 ? others.gpus : gpus);
    }

    public JsonObject toJson() {
        return JsonMembers.of(
                "timeoutSeconds",
                timeout.map(Duration::toSeconds),
                "memory",
                memory,
                "cpus",
                cpus == 0 ? Optional.empty() : cpus,
                "gpus",
                gpus == 0 ? Optional.empty() : gpus);
    }

    public static Limits fromJson(JsonObject json) {
        return new Limits(
                json.optionalNumber("timeoutSeconds").map(Duration::ofSeconds),
                json.optionalNumber("memory"),
                Math.toIntExact(json.optionalNumber("cpus").orElse(0L)),
                Math.toIntExact(json.optionalNumber("gpus").orElse(0L)));
    }
}
