package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.cli.CrashRepository.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a command that is stopped on its way may leave: the state before it, or the one after it; of one that makes several models,
 * some of them.
 */
record CrashOutcome(Scenario scenario, State before, State after) {
    CrashOutcome {
        assertThat(before.equals(after))
                .as("what %s does can be seen", scenario)
                .isEqualTo(CommandScenarios.TIDYING.contains(scenario.toString()));
    }

    /**
     * Requires one of the two of what a crash left, and that the next commands go on without anybody's help; returns which.
     *
     * @param spare a folder to keep a copy in
     */
    State requireOldOrNew(CrashRepository here, Path spare, String what) throws IOException {
        CrashRepository kept = here.copyTo(spare);
        State now = seen(here, what);
        // Once more, in place: what a crash left behind names its folders in full.
        CrashRepository again = kept.copyTo(here.folder());
        try {
            finish(again, now);
            assertThat(again.look().models()).isEqualTo(after.models());
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
        return now;
    }

    /** Requires one of the two; nothing else is tried. */
    State seen(CrashRepository here, String what) throws IOException {
        State now;
        try {
            now = here.look();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(what + ": " + e.getMessage(), e);
        }
        assertThat(now.equals(before) || now.equals(after) || isOnTheWay(now))
                .as("%s: neither %s nor %s but %s", what, before, after, now)
                .isTrue();
        return now;
    }

    /** Whether some of several models are made, and nothing else is between before and after. */
    boolean isOnTheWay(State now) {
        return CommandScenarios.ONE_BY_ONE.contains(scenario.toString())
                && now.models().entrySet().containsAll(before.models().entrySet())
                && after.models().entrySet().containsAll(now.models().entrySet())
                && (now.with(before.models()).equals(before)
                        || now.with(after.models()).equals(after));
    }

    static boolean isMerging(CrashRepository here) {
        return Files.exists(here.root().resolve(".mgit/merge/state.json"));
    }

    private void finish(CrashRepository here, State now) throws IOException {
        if (isMerging(here)) {
            // A merge that was killed is in progress, as one of Git's is: it says so, and is given up here.
            here.commands().ok("merge", "--abort");
        }
        if (!now.equals(after)) {
            if (scenario.first().contains(CommandScenarios.TRUSTED)) {
                here.commands().ok(CommandScenarios.TRUSTED.toArray(String[]::new));
            }
            here.commands().ok(scenario.words().toArray(String[]::new));
        }
        here.commands().ok("config", "user.name", "Ada");
        here.requireTidy();
    }
}
