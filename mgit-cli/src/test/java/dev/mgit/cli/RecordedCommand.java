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
        PowerLoss disks = recorded(scenario.words(), here.root(), here.folder(), folder.resolve("log"));
        State after = here.look();
        return new RecordedCommand(new CrashOutcome(scenario, before, after), disks, here);
    }

    /** What one more command does to all that is below a folder, and taken to be synced. */
    static PowerLoss recorded(List<String> words, Path in, Path below, Path log) throws IOException {
        PowerLoss disks = PowerLoss.before(below);
        Crash.Ended ended = Crash.start(
                        PowerLoss.recording(log), Main.class, in, List.of("-Xmx256m"), words.toArray(String[]::new))
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
