package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations, costs and serving plans hang on their version, are shown wherever it is, and travel with it. Made models. */
class NotedNumbersTest {
    private static final String EVALUATION = "eval quiz/acc: 0.9 (lm-eval, 10 instances)";
    private static final String COST = "cost of 100+11 tokens on 2 x a100: 2 s, $0.004551, ";
    private static final String PLAN = "plan for 4 threads, batch 4: <4,1,1>";

    @TempDir
    private Path folder;

    private EvaluatedFamily family;
    private TestRepository ada;

    @BeforeEach
    void twoVersions() throws IOException {
        family = EvaluatedFamily.init(folder).commit("base", 1).commit("child", 2, "--from", "base=finetune");
        ada = family.repository();
        Files.writeString(ada.root().resolve("latency.csv"), "threads,batch,seconds\n1,1,0.010\n1,2,0.015\n");
    }

    private static Path profile(TestRepository repository, double perToken) throws IOException {
        return Files.writeString(
                repository.root().resolve("profile.json"),
                "{\"any\": {\"runtime_per_output_token\": " + perToken
                        + ", \"runtime_for_prompt_tokens\": {\"100\": 1.0}, \"accelerators\": 2}}");
    }

    private static void note(TestRepository repository, String revision, double perToken, int output)
            throws IOException {
        String profile = profile(repository, perToken).toString();
        repository.ok("cost", revision, "--prompt", "100", "--output", "" + output, "--profile", profile, "--note");
    }

    private static void plan(TestRepository repository, String revision, int threads) {
        repository.ok("plan-serving", revision, "--threads", "" + threads, "--batch", "4", "--profile", "latency.csv");
    }

    private void noteAll(String revision) throws IOException {
        family.evaluate(revision, 9, 10);
        note(ada, revision, 0.1, 11);
        plan(ada, revision, 4);
    }

    @Test
    void everyKindShowsWhereverAVersionDoes() throws Exception {
        noteAll("base");

        for (String shown : new String[] {
            ada.ok("show", "base"), ada.ok("log", "--tests", "-n", "1", "base"), ada.ok("audit", "base")
        }) {
            assertThat(shown).contains(EVALUATION, COST, PLAN);
        }
        assertThat(ada.ok("log", "-n", "1", "--tests", "child")).doesNotContain("eval ", "cost of", "plan for");
        assertThat(ada.ok("audit", "base", "--format", "md")).contains("quiz/acc", "cost of", "plan for");
        for (JsonObject one : new JsonObject[] {
            ada.json("show", "base", "--json"),
            ada.json("log", "--tests", "-n", "1", "base", "--json")
                    .objects("versions")
                    .get(0)
        }) {
            assertJson(one, "servingPlans");
        }
        assertJson(ada.json("audit", "base", "--json").objects("versions").get(0), "serving_plans");
        try (var served = new ServedRepository(ada)) {
            String page = new String(served.get("/-/version/base").body(), StandardCharsets.UTF_8);
            assertThat(page).contains("quiz", "Cost of a request", "100 + 11", "Serving plans", "&lt;4,1,1&gt;");
            assertJson(Json.parseObject(served.get("/api/mgit/v1/versions/base").body()), "servingPlans");
        }
    }

    private static void assertJson(JsonObject version, String plans) {
        assertThat(version.objects("evaluations")).hasSize(1);
        assertThat(version.objects("costs")).singleElement().satisfies(cost -> {
            assertThat(cost.optionalReal("seconds").orElseThrow()).isCloseTo(2, within(1e-12));
            assertThat(cost.number("accelerators")).isEqualTo(2);
        });
        assertThat(version.objects(plans))
                .singleElement()
                .satisfies(plan ->
                        assertThat(plan.object("plan").number("threads")).isEqualTo(4));
    }

    @Test
    void everyKindIsFoundByItsMetrics() throws IOException {
        noteAll("base");
        note(ada, "child", 0.3, 11);

        for (String condition : new String[] {
            "quiz/acc>=0.9",
            "cost/100+11@2xa100/seconds<3",
            "cost/100+11@2xa100/dollars<0.005",
            "plan/4x4/seconds<=0.01"
        }) {
            assertThat(ada.ok("find", "--metric", condition)).contains("(base)").doesNotContain("(child)");
        }
        assertThat(ada.ok("find", "--metric", "cost/100+11@2xa100/seconds>3")).contains("(child)");
    }

    @Test
    void aNotedProfileServesLaterQuestionsAndOtherClones() throws IOException {
        GitServers.bare(folder.resolve("models.git"));
        ada.ok("remote", "add", "origin", "../models.git");
        noteAll("base");
        ada.ok("push", "--lineage-only");
        Files.delete(ada.root().resolve("profile.json"));

        TestRepository ben = clone("ben");

        assertThat(ben.ok("show", "base")).contains(EVALUATION, COST, PLAN);
        assertThat(ben.ok("find", "--metric", "plan/4x4/seconds<=0.01")).contains("(base)");
        JsonObject longer = ben.json("cost", "base", "--prompt", "100", "--output", "21", "--json");
        assertThat(longer.optionalReal("seconds").orElseThrow()).isCloseTo(3, within(1e-12));
        assertThat(longer.number("accelerators")).isEqualTo(2);
        assertThat(ben.ok("fsck")).doesNotContain("damaged");
    }

    private TestRepository clone(String name) {
        Cli.Ran ran = Cli.run(folder, "clone", "models.git", name, "--lineage-only");
        assertThat(ran.exit()).as("%s", ran).isZero();
        return new TestRepository(folder.resolve(name));
    }

    @Test
    void notesOfTwoPeopleAreJoined() throws IOException {
        GitServers.bare(folder.resolve("models.git"));
        ada.ok("remote", "add", "origin", "../models.git");
        ada.ok("push", "--lineage-only");
        TestRepository ben = clone("ben");
        Files.copy(ada.root().resolve("latency.csv"), ben.root().resolve("latency.csv"));
        noteAll("base");
        note(ben, "base", 0.1, 11);
        note(ben, "base", 0.2, 21);
        plan(ben, "base", 2);
        ben.ok("eval", "import", EvaluatedFamily.real("lm-eval", "tiny").toString(), "--model", "base");

        ada.ok("push", "--lineage-only");
        ben.ok("fetch");
        ben.ok("push", "--lineage-only");
        ada.ok("fetch");

        for (TestRepository one : new TestRepository[] {ada, ben, clone("cat")}) {
            JsonObject shown = one.json("show", "base", "--json");
            assertThat(shown.objects("evaluations"))
                    .extracting(found -> found.string("scenario"))
                    .containsExactly("quiz", "sums", "sums_gen");
            assertThat(shown.objects("costs"))
                    .extracting(cost -> cost.number("output"))
                    .containsExactly(11L, 21L);
            assertThat(shown.objects("servingPlans"))
                    .extracting(plan -> plan.object("plan").number("threads"))
                    .containsExactly(2L, 4L);
        }
    }

    @Test
    void aNoteThatCannotBeReadCostsItselfOnly() throws Exception {
        noteAll("base");
        String id = ada.json("show", "base", "--json").string("id");
        Path git = ada.mgit().resolve("lineage.git");
        GitServers.run(
                git,
                "git",
                "-c",
                "user.name=Eve",
                "-c",
                "user.email=eve@example.org",
                "notes",
                "--ref",
                "mgit/costs",
                "add",
                "-f",
                "-m",
                "{\"schema\": 1, \"costs\": [{\"prompt\": -1}]}",
                id);

        assertThat(ada.run("show", "base").out()).contains(EVALUATION, PLAN);
        assertThat(ada.run("audit", "base").out()).contains(EVALUATION, PLAN);
        Cli.Ran fsck = ada.run("fsck");
        assertThat(fsck.exit()).isEqualTo(6);
        assertThat(fsck.out()).contains("note 'costs' on version");
    }

    @Test
    void whatCannotBeNotedIsSaid() throws IOException {
        ada.refuses(2, "--note keeps the cost of one version", "cost", "base", "--pareto", "acc", "--note");
        Path profile = Files.writeString(
                folder.resolve("bad.json"),
                "{\"any\": {\"runtime_per_output_token\": NaN, " + "\"runtime_for_prompt_tokens\": {\"1\": 1}}}");
        ada.refuses(1, "an output token takes NaN seconds", "cost", "base", "--profile", profile.toString(), "--note");
        ada.refuses(2, "a request has 1 to", "cost", "base", "--prompt", "-5", "--note");
        assertThat(ada.ok("show", "base")).doesNotContain("cost of");
    }
}
