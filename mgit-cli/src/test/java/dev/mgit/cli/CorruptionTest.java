package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.DamageTrial.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A fault in any file of a repository: nothing silent, no wrong byte, no words that only a programmer understands, and
 * everything that was not hit stays readable.
 *
 * <p>{@code -Dmgit.corruption.tries=N} takes so many, {@code -Dmgit.corruption.seed=N} others; with
 * {@code -Dmgit.corruption.tries=1} a seed printed with a finding gives that try alone.
 */
@Tag("slow")
class CorruptionTest {
    private static final int TRIES = Integer.getInteger("mgit.corruption.tries", 0);
    private static final long SEED = Long.getLong("mgit.corruption.seed", 1);

    @TempDir
    private Path folder;

    /** What went wrong, by what it looks like without ids and paths, with the first seed that shows it. */
    private final Map<String, String> findings = new TreeMap<>();

    @Test
    void whateverFileIsHitNothingIsSilent() throws IOException {
        assumeTrue(TRIES > 0, "a long run: no mgit.corruption.tries");
        DamageRepository made = DamageRepository.make(folder);
        Map<String, Map<Outcome, Integer>> counts = new TreeMap<>();
        Map<Outcome, Integer> all = new EnumMap<>(Outcome.class);
        for (long seed = SEED; seed < SEED + TRIES; seed++) {
            DamageRepository here = made.copyTo(folder.resolve("here"));
            FileFault fault = FileFault.random(new Random(seed), here.folder(), List.of("repo/.mgit"), here.older());
            fault.hit(here.folder(), here.older());
            var trial = new DamageTrial(here, fault);
            Outcome outcome = trial.run();
            counts.computeIfAbsent(fault.kindOfFile(), unused -> new EnumMap<>(Outcome.class))
                    .merge(outcome, 1, Integer::sum);
            for (String wrong : trial.wrong()) {
                note("seed " + seed + ", " + fault + ": " + wrong, fault, wrong);
            }
        }
        counts.forEach((kind, outcomes) -> System.out.println(kind + " " + outcomes));
        counts.values().forEach(outcomes -> outcomes.forEach((outcome, n) -> all.merge(outcome, n, Integer::sum)));
        System.out.println(TRIES + " tries from seed " + SEED + ": " + all);
        assertThat(findings.values()).isEmpty();
    }

    private void note(String finding, FileFault fault, String wrong) {
        String shape = fault.kind() + " " + fault.kindOfFile() + " "
                + FileFault.kindOf(wrong.replace(folder.toString(), "")).replaceAll("[0-9a-f]{7,}", "ID");
        if (findings.putIfAbsent(shape, finding) == null) {
            System.out.println("FOUND " + finding.replace('\n', ' ')); // at once: a long run may be ended
        }
    }
}
