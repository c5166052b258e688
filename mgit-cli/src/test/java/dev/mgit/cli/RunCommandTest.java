package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit run}, {@code recipe} and {@code rerun}: real commands on made models. */
class RunCommandTest {
    private static final String WEIGHTS = "cp ../by-hand/base/model.safetensors {output}/; ";

    @TempDir
    private Path folder;

    private HookedRepository models;
    private TestRepository repository;

    @BeforeEach
    void aModel() throws IOException {
        models = HookedRepository.init(folder);
        repository = models.repository();
    }

    @Test
    void aRunIsCommittedWithTheRecipeThatMadeIt() throws IOException {
        Path data = Files.writeString(models.root().resolve("data.txt"), "learnt\n");
        Files.writeString(
                models.root().resolve("train.sh"),
                "cp $1/model.safetensors $2/; cat $1/history.txt $3 > $2/history.txt; echo $LEVEL $4 >> $2/history.txt");
        Cli.Ran ran = Cli.run(
                models.root(),
                Map.of("LEVEL", "high", "PATH", System.getenv("PATH")),
                "run",
                "--model",
                "a",
                "--from",
                "base=distill",
                "-m",
                "first",
                "--input",
                "data.txt",
                "--env-value",
                "LEVEL",
                "--seed",
                "7",
                "--timeout",
                "5m",
                "--",
                "sh",
                "train.sh",
                "{parent1}",
                "{output}",
                "data.txt",
                "{seed}");

        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.out()).matches("\\[a [0-9a-f]{10}]\n");
        assertThat(models.history("a")).isEqualTo("base1\nlearnt\nhigh 7\n");
        JsonObject recipe = repository.json("recipe", "show", "a", "--json");
        assertThat(recipe.strings("command"))
                .containsExactly("sh", "train.sh", "{parent1}", "{output}", "{input:data}", "{seed}");
        assertThat(recipe.objects("inputs").get(0).string("path")).isEqualTo("data.txt");
        assertThat(recipe.object("environment").string("LEVEL")).isEqualTo("high");
        assertThat(repository.ok("recipe", "show", "a"))
                .contains("distill of base@", "Seed:     7", "data = data.txt, SHA-256 ", "Trusted:  yes");
        assertThat(repository.ok("show", "a")).contains("Command:  sh train.sh '{parent1}'".replace("'", ""));

        assertThat(repository.ok("rerun", "a", "--check")).contains(" is bit-identical");
        Files.writeString(data, "forgot\n");
        Cli.Ran off = repository.run("rerun", "a", "--check", "--no-progress");
        assertThat(off.exit()).isEqualTo(3);
        assertThat(off.out()).contains(" differs\n", "different: history.txt", "input 'data' has changed");
        assertThat(repository.run("rerun", "a").exit()).isZero();
        JsonObject report = repository.json("rerun", "a", "--json");
        assertThat(report.flag("identical")).isFalse();
        assertThat(report.objects("files").get(0).string("outcome")).isEqualTo("different");
    }

    @Test
    void modelsTrainedTogetherAreOneRun() throws IOException {
        repository.ok(
                "run",
                "--model",
                "x",
                "--model",
                "y",
                "--from",
                "base",
                "--shell",
                "--",
                "for m in x y; do cp $MGIT_PARENT_1/model.safetensors $MGIT_OUTPUT/$m/;"
                        + " echo $m > $MGIT_OUTPUT/$m/history.txt; done");

        assertThat(models.history("x")).isEqualTo("x\n");
        assertThat(models.history("y")).isEqualTo("y\n");
        assertThat(repository.ok("recipe", "show", "y")).contains("Together: x, y");
    }

    @Test
    void aFailedRunCommitsNothingAndSaysWhereItsLogIs() throws IOException {
        Cli.Ran failed = repository.run(
                "run",
                "--model",
                "a",
                "--from",
                "base",
                "--no-progress",
                "--shell",
                "--",
                "echo out of luck >&2; exit 5");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err())
                .startsWith("error: the command for a failed: exit code 5\n  out of luck\nhint: its full log is in ");
        assertThat(Path.of(failed.err().strip().replaceAll("(?s).*log is in ", ""))
                        .resolve("stderr.log"))
                .hasContent("out of luck");
        Cli.Ran empty = repository.run("run", "--model", "a", "--no-progress", "--", "true");
        TestRepository.assertRefused(empty, 1, "the command wrote no file for 'a'");
        Cli.Ran escaping = repository.run(
                "run", "--model", "a", "--no-progress", "--shell", "--", "ln -s /etc/passwd $MGIT_OUTPUT/link");
        TestRepository.assertRefused(escaping, 1, "output 'link' is a link to a file outside the output folder");
        repository.refuses(2, "unknown revision 'a'", "show", "a");
    }

    @Test
    void gpuSlotsAreTheDevicesThatAreConfigured() throws IOException {
        repository.ok("config", "executor.gpus", "3,5");
        String devices = WEIGHTS + "echo gpus:$CUDA_VISIBLE_DEVICES > {output}/history.txt; ";
        repository.ok("run", "--model", "both", "--gpus", "2", "--shell", "--", devices);
        assertThat(models.history("both")).isEqualTo("gpus:3,5\n");
        repository.ok("run", "--model", "none", "--shell", "--", devices);
        assertThat(models.history("none")).isEqualTo("gpus:\n");

        // In the update each waits until both are there: at once, they cannot have the same device.
        String meet = devices + "grep -q base1 $MGIT_PARENT_1/history.txt && exit 0; touch ../at-{model}; "
                + Await.forFile(folder.resolve("at-x")) + "; " + Await.forFile(folder.resolve("at-y"));
        repository.ok("run", "--model", "x", "--from", "base", "--gpus", "1", "--shell", "--", meet);
        repository.ok("run", "--model", "y", "--from", "base", "--gpus", "1", "--shell", "--", meet);
        models.commit("base", "base2");
        repository.ok("update", "base", "--jobs", "2");
        assertThat(List.of(models.history("x"), models.history("y"))).containsExactlyInAnyOrder("gpus:3\n", "gpus:5\n");
    }

    @Test
    void aNotifyCommandThatCannotStartIsSaidAndStopsNothing() throws IOException {
        Cli.Ran ran = repository.run(
                "run",
                "--model",
                "a",
                "--no-progress",
                "--notify-command",
                "no-such-program x",
                "--shell",
                "--",
                WEIGHTS + "echo 1 > {output}/history.txt");
        assertThat(ran.exit()).isZero();
        assertThat(ran.err()).contains("notify command: failed: ", "no-such-program");
        assertThat(models.history("a")).isEqualTo("1\n");
    }

    @Test
    void whatCannotRunIsRefused() throws IOException {
        repository.refuses(2, "Missing required option: '--model=NAME'", "run", "--", "true");
        repository.refuses(2, "unknown revision 'nobody'", "run", "--model", "a", "--from", "nobody", "--", "true");
        repository.refuses(
                2, "input 'no.txt' does not exist", "run", "--model", "a", "--input", "no.txt", "--", "true");
        repository.refuses(2, "the variable 'NO' is not set", "run", "--model", "a", "--env", "NO", "--", "true");
        repository.refuses(2, "cannot read '1x' as a size", "run", "--model", "a", "--memory", "1x", "--", "true");
        repository.refuses(2, "'{parent1}' is not a placeholder here", "run", "--model", "a", "--", "cat", "{parent1}");
        repository.refuses(
                2, "run a needs 1 GPU slots, but 0 are configured", "run", "--model", "a", "--gpus", "1", "--", "true");
        repository.refuses(2, "has no recipe", "recipe", "show", "base");
        repository.refuses(2, "has no recipe", "rerun", "base");
        repository.refuses(2, "give either -- COMMAND or --like REV", "recipe", "set", "base");
    }

    @Test
    void aVersionMadeByHandIsGivenARecipe() throws IOException {
        repository.ok("commit", models.lay("a", "by hand").toString(), "--model", "a", "--from", "base");
        models.commit("base", "base2");
        assertThat(repository.ok("update", "base", "--plan")).contains("no-recipe", "Nothing to run");
        repository.ok("recipe", "set", "a", "--env", "RUNS=../runs", "--shell", "--", HookedRepository.TRAIN);
        assertThat(repository.ok("recipe", "show", "a")).contains("not run yet", "Parent:   finetune of base@");
        repository.ok("update", "base");
        assertThat(models.history("a")).isEqualTo("base2\n+a\n");

        repository.ok("commit", models.lay("a", "by hand again").toString(), "--model", "a", "--from", "base");
        repository.ok("recipe", "set", "a", "--like", "a~1");
        models.commit("base", "base3");
        repository.ok("update", "base");
        assertThat(models.history("a")).isEqualTo("base3\n+a\n");
    }
}
