package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy that no new version keeps, and every command that makes one; made models. */
class PolicyWaysInTest {
    @TempDir
    private static Path folder;

    private static TestRepository repository;

    @BeforeAll
    static void aFamilyThatIsStale() throws IOException {
        HookedRepository hooked =
                HookedRepository.init(folder).derive("tuned", "base").derive("beside", "base");
        hooked.commit("base", "base2");
        hooked.lay("base", "base3");
        repository = hooked.repository();
        TestRepository.weights(folder.resolve("tree/found/model.safetensors"), 5, 64);
        TestRepository.weights(folder.resolve("training/checkpoint-10/model.safetensors"), 6, 64);
        Path policy = Files.writeString(
                folder.resolve("policy.json"),
                "{\"schema\": 1, \"rules\": [{\"rule\": \"licences\", \"allowed\": [\"mit\"]}]}");
        repository.ok("policy", "init", policy.toString());
    }

    static Stream<List<String>> ways() {
        return Stream.of(
                List.of("commit", folder.resolve("by-hand/base").toString(), "--model", "base", "-m", "third"),
                List.of("run", "--model", "new", "--from", "base", "--shell", "--", "cp {parent1}/* {output}/"),
                List.of("merge", "tuned", "beside", "--base", "base", "-s", "*=ours", "--model", "merged", "--no-test"),
                List.of("update", "base"),
                List.of("import", folder.resolve("tree").toString()),
                List.of("watch", folder.resolve("training").toString(), "--model", "trained", "--once"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void whatBreaksItDoesNotEnter(List<String> command) {
        String before = heads();
        Cli.Ran ran = repository.run(command.toArray(new String[0]));
        assertThat(ran.out() + ran.err()).as("%s", ran).contains("rule 'licences': ", "no recorded licence");
        assertThat(ran.exit()).as("%s", ran).isEqualTo(4);
        assertThat(heads()).isEqualTo(before);
    }

    private static String heads() {
        return repository.ok("branch") + repository.ok("log", "--all", "--oneline");
    }
}
