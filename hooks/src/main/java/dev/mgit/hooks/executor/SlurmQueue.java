package dev.mgit.hooks.executor;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The user's jobs in Slurm's queue, asked for at most every few seconds. */
final class SlurmQueue {
    private static final Duration FRESH = Duration.ofSeconds(2);

    private final Map<String, String> environment;
    private Snapshot last = new Snapshot(Instant.MIN, Map.of());

    /**
     * The queue at one time.
     *
     * @param taken {@link Instant#MIN} if Slurm did not answer
     * @param jobs by name: id, and state with reason
     */
    record Snapshot(Instant taken, Map<String, String[]> jobs) {
        boolean answered() {
            return !taken.equals(Instant.MIN);
        }
    }

    SlurmQueue(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The next question is put to Slurm. */
    synchronized void forget() {
        last = new Snapshot(Instant.MIN, Map.of());
    }

    /** @param fresh to ask Slurm in any case */
    synchronized Snapshot now(boolean fresh) {
        if (fresh || !last.answered() || Instant.now().isAfter(last.taken().plus(FRESH))) {
            Instant asked = Instant.now();
            SlurmPrograms.Answer answer =
                    SlurmPrograms.run(List.of("squeue", "--me", "--noheader", "--format=%i|%j|%T (%r)"), environment);
            Map<String, String[]> jobs = new LinkedHashMap<>();
            for (String line : answer.text().split("\n")) {
                String[] parts = line.strip().split("\\|", 3);
                if (parts.length == 3) {
                    jobs.put(parts[1], new String[] {parts[0], parts[2].replace(" (None)", "")});
                }
            }
            last = new Snapshot(answer.exitCode() == 0 ? asked : Instant.MIN, jobs);
        }
        return last;
    }
}
