package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens do not get into what is recorded, by whatever way. */
class SecretsCommandTest {
    private static final String TOKEN = "hf_" + "aB3".repeat(12);
    private static final String UNKNOWN = "5f1c".repeat(10);

    @TempDir
    private Path folder;

    private HookedRepository hooked;
    private TestRepository repository;

    @BeforeEach
    void base() throws IOException {
        hooked = HookedRepository.init(folder);
        repository = hooked.repository();
    }

    private void refused(String where, String... command) throws IOException {
        Cli.Ran ran = repository.refuses(2, where + " holds a Hugging Face token", command);
        assertThat(ran.err()).doesNotContain(TOKEN).contains("--secret-env");
    }

    @Test
    void whatAUserWritesIsRefused() throws IOException {
        String checkpoint = hooked.lay("base", "more").toString();
        refused("the message", "commit", checkpoint, "--model", "base", "-m", "with " + TOKEN);
        refused("the message", "run", "--model", "a", "-m", TOKEN, "--", "true");
        refused("word 2 of the command", "run", "--model", "a", "--", "curl", "--token=" + TOKEN);
        refused("word 1 of the command", "run", "--model", "a", "--shell", "--", "HF_TOKEN=" + TOKEN + " python x.py");
        refused("the variable 'X'", "run", "--model", "a", "--env", "X=" + TOKEN, "--", "true");
        refused("word 2 of the command", "recipe", "set", "base", "--", "train", TOKEN);
        refused(
                "the registration 'tests/t.json'",
                "test",
                "add",
                "t",
                "--on",
                "all",
                "--metric",
                "x:lower",
                "--",
                "eval",
                TOKEN);
        repository.refuses(
                2,
                "the variable 'HF_TOKEN' is a secret by its name",
                "run",
                "--model",
                "a",
                "--env",
                "HF_TOKEN=" + UNKNOWN,
                "--",
                "true");
    }

    @Test
    void aSecretVariableIsRecordedByItsNameAlone() throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("HF_TOKEN", UNKNOWN);
        environment.put("LEVEL", "high");
        environment.put("MODE", "fast");
        String train = "test \"$HF_TOKEN\" = " + "$(printf 5f1c%.0s 1 2 3 4 5 6 7 8 9 10)"
                + " && echo \"$LEVEL $MODE\" > {output}/notes.txt && cp {parent1}/model.safetensors {output}";
        Cli.Ran ran = Cli.run(
                repository.root(),
                environment,
                "run",
                "--model",
                "a",
                "--from",
                "base",
                "--secret-env",
                "HF_TOKEN",
                "--env",
                "LEVEL",
                "--env-value",
                "MODE",
                "--shell",
                "--no-progress",
                "--",
                train);
        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(repository.ok("recipe", "show", "a"))
                .contains("HF_TOKEN, a secret, as set where it runs", "LEVEL, as set where it runs", "MODE=fast");
        assertNowhere(UNKNOWN);
        assertThat(repository.run("rerun", "a", "--no-progress").err())
                .contains("the recipe needs the variable '", "which is not set here");
    }

    @Test
    void whatATestPrintsIsMasked() throws Exception {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("WANDB_API_KEY", UNKNOWN);
        hooked.test(
                "leaky",
                "base",
                "manual",
                "x:lower",
                "echo \"login $WANDB_API_KEY, hf_$(printf aB3%.0s 1 2 3 4 5 6 7 8 9 10 11 12)\"; echo '{\"x\": 1}' > $MGIT_METRICS");
        Cli.Ran ran = Cli.run(repository.root(), environment, "test", "run", "--no-progress", "base");
        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(notes()).contains("login ***, ***");
        assertNowhere(UNKNOWN);
        assertNowhere(TOKEN);
    }

    private String notes() throws Exception {
        return git("notes", "--ref", "refs/notes/mgit/tests", "show", repository.id("base"));
    }

    private void assertNowhere(String secret) throws Exception {
        assertThat(git("cat-file", "--batch-all-objects", "--batch")).doesNotContain(secret);
        assertThat(java.nio.file.Files.readString(repository.mgit().resolve("operations")))
                .doesNotContain(secret);
    }

    private String git(String... words) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(
                "git", "--git-dir", repository.mgit().resolve("lineage.git").toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(Await.exit(process)).isZero();
        return out;
    }
}
