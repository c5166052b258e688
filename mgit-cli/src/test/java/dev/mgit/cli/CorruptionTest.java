package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.Trial.Outcome;
import dev.mgit.fixtures.S3Server;
import dev.mgit.fixtures.Trees;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A fault in any file of a repository, of a remote, or of what is handed on: nothing silent, no wrong byte, no words that
 * only a programmer understands, no hang, and everything that was not hit stays readable.
 *
 * <p>{@code -Dmgit.corruption.tries=N} takes so many on each ground, {@code -Dmgit.corruption.ground=remote} on one alone,
 * {@code -Dmgit.corruption.seed=N} others; with {@code -Dmgit.corruption.tries=1} a seed printed with a finding gives that
 * try alone.
 */
@Tag("slow")
class CorruptionTest {
    private static final int TRIES = Integer.getInteger("mgit.corruption.tries", 0);
    private static final long SEED = Long.getLong("mgit.corruption.seed", 1);
    private static final String GROUND = System.getProperty("mgit.corruption.ground", "");

    @TempDir
    private Path folder;

    /** What went wrong, by what it looks like without ids and paths, with the first seed that shows it. */
    private final Map<String, String> findings = new TreeMap<>();

    private final Watchdog watchdog = new Watchdog();

    @AfterEach
    void end() {
        watchdog.close();
    }

    @ParameterizedTest
    @EnumSource
    void whateverFileIsHitNothingIsSilent(DamagedGround ground) throws Exception {
        assumeTrue(TRIES > 0, "a long run: no mgit.corruption.tries");
        assumeTrue(GROUND.isEmpty() || ground.name().equalsIgnoreCase(GROUND), "another ground is wanted");
        Path target = folder.resolve("here");
        try (S3Server bucket = ground == DamagedGround.BUCKET ? new S3Server(target.resolve("s3")) : null) {
            DamageRepository made = ground.make(folder, bucket);
            if (bucket != null) {
                Trees.copy(target.resolve("s3"), made.folder().resolve("s3"));
            }
            run(ground, made, target);
        }
    }

    private void run(DamagedGround ground, DamageRepository made, Path target) throws Exception {
        Map<String, Map<Outcome, Integer>> counts = new TreeMap<>();
        Map<Outcome, Integer> all = new EnumMap<>(Outcome.class);
        for (long seed = SEED; seed < SEED + TRIES; seed++) {
            DamageRepository here = made.copyTo(target);
            FileFault fault = FileFault.random(new Random(seed), here.folder(), ground.within(), here.older());
            fault.hit(here.folder(), here.older());
            Trial trial = ground.trial(here, made, fault);
            Outcome outcome = watchdog.watch("seed " + seed + ", " + fault, trial::run);
            counts.computeIfAbsent(fault.kindOfFile(), unused -> new EnumMap<>(Outcome.class))
                    .merge(outcome, 1, Integer::sum);
            for (String wrong : trial.wrong()) {
                note("seed " + seed + ", " + fault + ": " + wrong, fault, wrong);
            }
        }
        counts.forEach((kind, outcomes) -> System.out.println(kind + " " + outcomes));
        counts.values().forEach(outcomes -> outcomes.forEach((outcome, n) -> all.merge(outcome, n, Integer::sum)));
        System.out.println(ground + ": " + TRIES + " tries from seed " + SEED + ": " + all);
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
