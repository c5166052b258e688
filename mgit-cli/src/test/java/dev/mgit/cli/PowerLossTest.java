package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.CommandScenarios.Scenario;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.SystemCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a command says is done outlives a power failure: the folder of every name it made is synced after that. With
 * {@code -Dmgit.power.cuts}, of all commands.
 */
@Tag("slow")
class PowerLossTest {
    private static final int CUTS = Integer.getInteger("mgit.power.cuts", 0);
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private static Path once;

    private static CrashRepository made;

    @TempDir
    private Path folder;

    @BeforeAll
    static void make() throws IOException {
        SystemCalls.whyNot().ifPresent(reason -> assumeTrue(false, reason));
        made = CrashRepository.make(once.resolve("made"));
    }

    static Stream<Scenario> commands() {
        return CUTS > 0
                ? CommandScenarios.WRITING.stream()
                : Stream.of(
                                "commit ../model --model team/fresh",
                                "commit ../model --model base",
                                "checkout base new",
                                "checkout base below/it/new",
                                "tag release base",
                                "mv child renamed",
                                "undo",
                                "config store.maxDepth 3",
                                "remote add origin ../models.git --store ../store")
                        .map(Scenario::of);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void namesAreSynced(Scenario command) throws IOException {
        CrashRepository here = made.copyTo(folder.resolve("here"));
        command.first().forEach(words -> here.commands().ok(words.toArray(String[]::new)));
        assertThat(unsynced(here.root(), here.folder(), command.words().toArray(String[]::new)))
                .isEmpty();
    }

    @Test
    void soAreThoseOfANewRepository() throws IOException {
        Path place = folder.resolve("place");
        assertThat(unsynced(folder, folder, "init", place.toString())).isEmpty();
        Path model = folder.resolve("model.safetensors");
        TestRepository.weights(model, 1, 100);
        assertThat(unsynced(place, place, "commit", model.toString())).isEmpty();
    }

    /** Both sides: a lineage in a folder is written by mgit too. What tells of a push under way is no part of either. */
    @ParameterizedTest
    @ValueSource(strings = {"push", "fetch", "pull", "clone ../models.git ../dan"})
    void soAreThoseOfAnExchange(String command) throws IOException {
        Team team = Team.make(folder.resolve("team"));
        assertThat(unsynced(team.ada().root(), team.folder(), command.split(" ")))
                .isEmpty();
    }

    /** Left out is what can be made again, what only explains, and folders to work in. */
    private Set<String> unsynced(Path in, Path below, String... words) throws IOException {
        Path log = folder.resolve("log");
        Crash.Ended ended = Crash.start(SystemCalls.recording(log), Main.class, in, JVM, words)
                .finish();
        assertThat(ended.exit()).as(ended.output()).isZero();
        Path top = below.toRealPath();
        return SystemCalls.unsynced(log, below).stream()
                .map(name -> top.relativize(name).toString())
                .filter(
                        name -> !name.matches(
                                "(.*\\.mgit/)?(index|lineage\\.git/logs|hooks/bisect)/.*|(.*\\.mgit/)hooks/[a-z]+|index|.*\\.keep"))
                .collect(Collectors.toSet());
    }
}
