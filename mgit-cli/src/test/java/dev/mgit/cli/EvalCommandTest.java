package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit eval}: what crfm-helm and lm-eval wrote, and made runs of their form. */
class EvalCommandTest {
    @TempDir
    private Path folder;

    private EvaluatedFamily family;
    private TestRepository repository;

    @BeforeEach
    void aModelAndItsChild() throws IOException {
        family = EvaluatedFamily.init(folder).commit("base", 1).commit("child", 2, "--from", "base=finetune");
        repository = family.repository();
    }

    private String imported(String harness, String model, String revision) throws IOException {
        return repository.ok(
                "eval", "import", EvaluatedFamily.real(harness, model).toString(), "--model", revision);
    }

    @Test
    void whatRealHarnessesWroteIsReadOnce() throws IOException {
        assertThat(imported("lm-eval", "tiny", "base"))
                .contains("sums (lm-eval), 3 metrics, 8 instances", "sums_gen (lm-eval), 1 metrics, 8 instances");
        assertThat(imported("helm", "tiny", "base")).contains("simple_mcqa (helm), ", "8 instances");
        assertThat(imported("lm-eval", "tiny", "base")).isEqualTo("2 evaluations were noted already\n");

        assertThat(repository.ok("show", "base"))
                .contains(
                        "eval sums/acc: 0.25 (lm-eval, 8 instances)",
                        "eval sums/brier_score: 0.7785 (lm-eval, 8 instances)",
                        "eval simple_mcqa/exact_match:test: 0 (helm, 8 instances)")
                .doesNotContain("inference_runtime");
        assertThat(repository.ok("log", "--tests", "-n", "1", "base")).contains("eval sums/acc: 0.25");
        JsonObject shown = repository.json("show", "base", "--json");
        assertThat(shown.objects("evaluations"))
                .extracting(one -> one.string("scenario"))
                .containsExactly("simple_mcqa", "sums", "sums_gen");
        JsonObject helm = shown.objects("evaluations").get(0).object("metrics");
        assertThat(helm.optionalReal("inference_runtime:test"))
                .hasValueSatisfying(
                        value -> assertThat(value).isCloseTo(2.4479, org.assertj.core.api.Assertions.within(1e-4)));
        assertThat(helm.members()).containsKey("exact_match:test+robustness.worst");
        assertThat(repository.json("audit", "base", "--json").objects("versions"))
                .singleElement()
                .satisfies(one -> assertThat(one.objects("evaluations")).hasSize(3));
        assertThat(repository.ok("fsck")).doesNotContain("evaluations");
    }

    @Test
    void versionsAreFoundByWhatWasMeasured() throws IOException {
        family.evaluate("base", 9, 10).evaluate("child", 5, 10);

        assertThat(repository.ok("find", "--metric", "quiz/acc>=0.8"))
                .contains("(base)")
                .doesNotContain("(child)");
        assertThat(repository.ok("find", "--metric", "quiz/acc<0.8")).contains("(child)");
    }

    @Test
    void theTableRanksAndSaysWhatIsMissing() throws IOException {
        imported("lm-eval", "tiny", "base");
        imported("lm-eval", "tiny2", "child");
        family.evaluate("child", 5, 10);

        assertThat(repository.ok("eval", "table", "base", "child")).isEqualTo("""
                        Scenario       Metric       Better    base   child
                        quiz           acc          higher       -     0.5
                        sums           acc          higher    0.25    0.25
                        sums           acc_norm     higher    0.25   0.125
                        sums           brier_score  lower   0.7785  0.7472
                        sums_gen       exact_match  higher       0       0
                        Mean win rate                          0.5     0.5
                        base lacks quiz
                        """);
        JsonObject table = repository.json("eval", "table", "*", "--metric", "brier*", "--json");
        assertThat(table.objects("metrics"))
                .singleElement()
                .satisfies(one -> assertThat(one.string("better")).isEqualTo("lower"));
        assertThat(table.objects("versions"))
                .extracting(one -> one.optionalReal("meanWinRate").orElseThrow())
                .containsExactly(0.0, 1.0);
        repository.refuses(2, "no model matches x*", "eval", "table", "x*");
    }

    @Test
    void aChildIsPairedWithItsParentAndARegressionIsAGate() throws IOException {
        family.evaluate("base", 90, 100).evaluate("child", 70, 100);

        Cli.Ran worse = repository.run("eval", "diff", "child");

        assertThat(worse.exit()).isEqualTo(4);
        assertThat(worse.out())
                .contains("quiz/acc     0.9    0.7  -0.2    100       0     20  1.907e-06")
                .contains("quiz/acc  instance 10-doc10: 1 -> 0", "10 more instances changed")
                .contains("regression: quiz/acc is worse by 0.2, p 1.907e-06");
        assertThat(repository.run("eval", "diff", "child", "--limit", "0.3").exit())
                .isZero();
        assertThat(repository.run("eval", "diff", "child", "--limit", "0.1").exit())
                .isEqualTo(4);
        Cli.Ran better = repository.run("eval", "diff", "base", "child", "--test", "bootstrap", "--json");
        assertThat(better.exit()).isZero();
        JsonObject metric = better.json().objects("metrics").get(0);
        assertThat(metric.number("better")).isEqualTo(20);
        assertThat(metric.objects("flips")).hasSize(20);
        assertThat(metric.members()).containsKey("interval");
        assertThat(repository.run("eval", "diff", "base", "child", "--test", "bootstrap", "--json"))
                .isEqualTo(better);
    }

    @Test
    void runsOfDifferentSpecsAreNotCompared() throws IOException {
        family.evaluate("base", 9, 10);
        repository.ok(
                "eval",
                "import",
                family.run("few-shot", 5, EvaluatedFamily.right(9, 10)).toString(),
                "--model",
                "child");

        repository.refuses(
                1, "the runs of quiz cannot be compared: config.num_fewshot is 5, was 0", "eval", "diff", "child");
        repository.refuses(1, "have no evaluation in common", "eval", "diff", "child", "--scenario", "other");
        repository.refuses(2, "has no parent to compare with", "eval", "diff", "base");
    }

    @Test
    void blameNamesTheEdgeThatLostIt() throws IOException {
        family.commit("child", 3)
                .commit("child", 4)
                .commit("leaf", 5, "--from", "child=quantize")
                .evaluate("base", 90, 100)
                .evaluate("child~2", 91, 100)
                .evaluate("child", 60, 100)
                .evaluate("leaf", 59, 100);

        assertThat(repository.ok("eval", "blame", "acc", "leaf"))
                .contains(
                        "quantize of child@",
                        ": 0.6 -> 0.59",
                        "which replaces child@",
                        "(1 not evaluated between): 0.91 -> 0.6")
                .contains("quiz/acc was lost by child@", "-0.31, in one of 2 edges");
        family.evaluate("child~1", 92, 100);
        JsonObject blame = repository.json("eval", "blame", "quiz/acc", "leaf", "--json");
        assertThat(blame.objects("steps")).hasSize(4);
        assertThat(blame.objects("steps"))
                .filteredOn(step -> step.flag("culprit"))
                .singleElement()
                .satisfies(step -> {
                    assertThat(step.string("child")).startsWith(repository.id("child"));
                    assertThat(step.string("parent")).startsWith(repository.id("child~1"));
                });
        assertThat(repository.ok("eval", "blame", "acc", "base")).contains("No edge lost quiz/acc");
        repository.refuses(2, "has no metric 'f1'", "eval", "blame", "f1", "leaf");
    }

    /** Files of the form that HEIM's runs have: image metrics, means over one trial. */
    @Test
    void imageMetricsKeepTheirDirection() throws IOException {
        for (String model : new String[] {"base", "child"}) {
            Path run = Files.createDirectories(folder.resolve("heim-" + model));
            boolean child = model.equals("child");
            Files.writeString(
                    run.resolve("run_spec.json"),
                    "{\"name\":\"mscoco:model=made_" + model
                            + "\",\"adapter_spec\":{\"method\":\"generation\",\"model\":\"made/"
                            + model + "\",\"image_generation_parameters\":{\"output_image_height\":512}},"
                            + "\"groups\":[\"mscoco_base\"]}");
            Files.writeString(
                    run.resolve("stats.json"),
                    "[" + stat("fid", child ? 20 : 30) + "," + stat("expected_clip_score", child ? 25 : 26) + ","
                            + stat("inception_score", child ? 12 : 10) + "]");
            repository.ok("eval", "import", run.toString(), "--model", model);
        }

        assertThat(repository.ok("eval", "table", "base", "child"))
                .containsPattern("fid:test +lower +30 +20")
                .containsPattern("expected_clip_score:test +higher +26 +25")
                .containsPattern("inception_score:test +higher +10 +12")
                .containsPattern("Mean win rate +0\\.3333 +0\\.6667");
    }

    private static String stat(String name, double value) {
        return "{\"name\":{\"name\":\"" + name + "\",\"split\":\"test\"},\"count\":1,\"sum\":" + value
                + ",\"sum_squared\":" + value * value + ",\"min\":" + value + ",\"max\":" + value + ",\"mean\":" + value
                + ",\"variance\":0.0,\"stddev\":0.0}";
    }

    @Test
    void whatCannotBeBelievedIsRefusedInOneSentence() throws IOException {
        Path run = family.run("bad", 0, EvaluatedFamily.right(3, 4));
        Path results = run.resolve("results_2026.json");
        Path samples = run.resolve("samples_quiz_2026.jsonl");
        String good = Files.readString(results);
        String lines = Files.readString(samples);

        refused(run, results, good.replace("0.75", "NaN"), "says that acc of quiz is NaN");
        refused(run, results, good.replace("0.75", "1e308"), "which no measurement is");
        refused(run, results, good.replace("0.75", "0.5"), "contradicts the results: the mean of its acc is 0.75");
        refused(
                run,
                results,
                good.replace("\"effective\":4", "\"effective\":5"),
                "it has 4 samples of quiz, they say 5");
        refused(run, results, good.replace("\"results\":", "\"result\":"), "member 'results' is missing");
        refused(run, results, good.substring(9), "cannot be read");
        Files.writeString(results, good);
        refused(run, samples, lines + lines.lines().findFirst().orElseThrow() + "\n", "line 5 has sample 0-doc0 twice");
        refused(run, samples, lines.replace("\"acc\":1.0", "\"acc\":NaN"), "says that acc of sample");
        refused(run, samples, "{\"doc_id\": \n", "line 1 ");
        repository.refuses(
                1, "no evaluation in", "eval", "import", folder.toString(), "--model", "base", "--scenario", "x");
        repository.refuses(2, "does not exist", "eval", "import", "nowhere", "--model", "base");
    }

    @Test
    void whatHelmCannotHaveWrittenIsRefused() throws IOException {
        Path run = Files.createDirectories(folder.resolve("helm"));
        for (String name : new String[] {"run_spec.json", "stats.json", "per_instance_stats.json"}) {
            Files.copy(
                    EvaluatedFamily.real("helm", "tiny").resolve("simple_mcqa").resolve(name), run.resolve(name));
        }
        Path stats = run.resolve("stats.json");
        String good = Files.readString(stats);
        String spec = Files.readString(run.resolve("run_spec.json"));

        refused(
                run,
                stats,
                good.replaceFirst("\"mean\": 385.0", "\"mean\": 1.0"),
                "contradicts itself: num_prompt_tokens");
        refused(run, stats, good.replaceFirst("\"mean\": 385.0", "\"mean\": Infinity"), "is Infinity");
        refused(run, stats, good.replaceFirst("\"sum\": [0-9.]+,", ""), "does not say the sum of");
        refused(run, stats, "{}", "not an array");
        refused(run, stats, good.replace("\"name\": \"num_train_trials\"", "\"name\": \"num_references\""), "twice");
        Files.writeString(stats, good);
        refused(
                run,
                run.resolve("run_spec.json"),
                spec.replace("\"adapter_spec\"", "\"adapter\""),
                "'adapter_spec' is missing");
        Path suite = Files.createDirectories(folder.resolve("suite"));
        for (String model : new String[] {"tiny", "tiny2"}) {
            Path copy = Files.createDirectories(suite.resolve(model));
            for (String name : new String[] {"run_spec.json", "stats.json"}) {
                Files.copy(
                        EvaluatedFamily.real("helm", model)
                                .resolve("simple_mcqa")
                                .resolve(name),
                        copy.resolve(name));
            }
        }
        repository.refuses(
                1,
                "these evaluations are of several models: huggingface/tiny, huggingface/tiny2",
                "eval",
                "import",
                suite.toString(),
                "--model",
                "base");
    }

    private void refused(Path run, Path file, String content, String sentence) throws IOException {
        String before = Files.readString(file);
        Files.writeString(file, content);
        repository.refuses(1, sentence, "eval", "import", run.toString(), "--model", "base");
        Files.writeString(file, before);
    }
}
