package dev.mgit.cli.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many processes with commands drawn at random at one repository: what they say they did is what happened, one after the other.
 *
 * <p>{@code -Dmgit.storm.operations=N}, {@code -Dmgit.storm.processes=P} and {@code -Dmgit.storm.seed=N} make it longer, and
 * another. All weights are made.
 */
@Tag("slow")
class StormTest {
    private static final int OPERATIONS = Integer.getInteger("mgit.storm.operations", 45);
    private static final int PROCESSES = Integer.getInteger("mgit.storm.processes", 3);
    private static final long SEED = Long.getLong("mgit.storm.seed", 1);

    @TempDir
    private Path folder;

    @Test
    void everyCommandHappensAsAWholeAndOneAfterTheOther() throws Exception {
        System.out.println("storm of " + OPERATIONS + " commands in " + PROCESSES + " processes, seed " + SEED);
        var storm = new Storm(folder.toRealPath());
        storm.prepare();
        storm.rage(OPERATIONS, PROCESSES, SEED, Math.min(40, OPERATIONS / PROCESSES / 2), List.of(List.of()));
        List<Attempt> attempts = StormWorker.attempts(storm.folder());
        System.out.print(Model.figures(attempts));
        System.out.println(storm.kills());
        List<String> wrong = new ArrayList<>(Refusals.unexpected(attempts));
        for (String repository : StormFolder.REPOSITORIES) {
            var aftermath = new Aftermath(storm.folder(), repository);
            History history = History.of(storm.folder(), repository);
            var model = new Model(
                    history,
                    attempts.stream()
                            .filter(attempt -> attempt.repository().equals(repository))
                            .toList());
            wrong.addAll(model.check(aftermath.references()));
            wrong.addAll(aftermath.check(model.made()));
            wrong.addAll(aftermath.leftovers());
            System.out.println(repository + ": " + history.size() + " operations on record, " + aftermath.read()
                    + " versions read back");
        }
        assertThat(wrong).isEmpty();
    }
}
