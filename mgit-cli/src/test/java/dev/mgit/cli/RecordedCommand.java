package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.cli.CrashRepository.State;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.PowerLoss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A command that nobody harmed, with all it did to the disk, from which disks are made as they are when it is stopped.
 *
 * @param here where it ran, and where the disks belong
 */
record RecordedCommand(CrashOutcome outcome, PowerLoss disks, CrashRepository here) {
    static RecordedCommand of(Scenario scenario, CrashRepository made, Path folder) throws IOException {
        State before = ready(scenario, made, folder).look();
        CrashRepository here = ready(scenario, made, folder);
        PowerLoss disks = recorded(scenario.words(), here, folder.resolve("log"));
        State after = here.look();
        return new RecordedCommand(new CrashOutcome(scenario, before, after), disks, here);
    }

    /** What one more command does to the disk that is here, all of which is taken to be synced. */
    static PowerLoss recorded(List<String> words, CrashRepository here, Path log) throws IOException {
        PowerLoss disks = PowerLoss.before(here.folder());
        Crash.Ended ended = Crash.start(
                        PowerLoss.recording(log),
                        Main.class,
                        here.root(),
                        List.of("-Xmx256m"),
                        words.toArray(String[]::new))
                .finish();
        assertThat(ended.exit()).as(ended.output()).isZero();
        disks.take(log);
        return disks;
    }

    private static CrashRepository ready(Scenario scenario, CrashRepository made, Path folder) throws IOException {
        CrashRepository here = made.copyTo(folder.resolve("here"));
        scenario.first().forEach(words -> here.commands().ok(words.toArray(String[]::new)));
        return here;
    }
}
