package dev.mgit.hooks.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import dev.mgit.hooks.Family;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Trust;
import dev.mgit.hooks.cascade.UpdateOptions;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.commit.Candidate;
import dev.mgit.hooks.commit.CommitListener;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.commit.HookEvent;
import dev.mgit.hooks.commit.HookRegistration;
import dev.mgit.hooks.commit.Hooks;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.modeltest.Event;
import dev.mgit.hooks.modeltest.MetricRule;
import dev.mgit.hooks.modeltest.Selector;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hooks, trust and automation over a real Git lineage: made models, real commands. */
class AutomationTest {
    @TempDir
    Path temp;

    private FolderWorkspace workspace;
    private Family family;
    private final LocalExecutor executor = new LocalExecutor();

    @BeforeEach
    void create() {
        workspace = FolderWorkspace.create(temp.resolve("repo"));
        family = new Family(workspace);
        workspace.commit("base", "base1\n");
        family.derive("a", "base").ran();
    }

    private Hooks hooks() {
        return new Hooks(workspace, executor);
    }

    private void hook(String name, HookEvent event, String on, String line) {
        hooks().add(new HookRegistration(name, event, new Selector(on), Limits.NONE, true, List.of(line)));
    }

    private Automation.Outcome afterCommit(VersionId id) {
        return new Automation(workspace, executor, JobProgress.NONE).afterCommit(id);
    }

    private void commitTest(String rule) {
        new TestRegistry(workspace)
                .add(new TestDefinition(
                        "lines",
                        new Selector("base"),
                        Event.COMMIT,
                        List.of(MetricRule.parse(rule)),
                        Limits.NONE,
                        List.of(),
                        true,
                        List.of("echo \"{\\\"lines\\\": $(wc -l < $MGIT_MODEL/weights)}\" > $MGIT_METRICS")));
    }

    @Test
    void unlessToldOtherwiseItSaysWhatIsStaleAndRunsNothing() {
        commitTest("lines:lower");
        Automation.Outcome outcome = afterCommit(workspace.commit("base", "base2\n"));

        assertThat(outcome.stale()).containsExactly("a");
        assertThat(outcome.plan()).isEmpty();
        assertThat(outcome.verdicts()).isEmpty();
        assertThat(family.ran()).isEmpty();
    }

    @Test
    void theSettingSaysHowFarItGoes() {
        commitTest("lines:lower:max=1");
        hook("told", HookEvent.POST_UPDATE, "a", "echo updated $MGIT_MODEL_NAME >> ../runs");
        workspace.settings.put(Automation.SETTING, "off");
        assertThat(afterCommit(workspace.commit("base", "base2\n")).stale()).isEmpty();
        workspace.settings.put(Automation.SETTING, "test");
        assertThat(afterCommit(workspace.commit("base", "base3\n")).verdicts()).hasSize(1);
        workspace.settings.put(Automation.SETTING, "plan");
        assertThat(afterCommit(workspace.commit("base", "base4\n"))
                        .plan()
                        .orElseThrow()
                        .units())
                .hasSize(1);
        workspace.settings.put(Automation.SETTING, "run");
        Automation.Outcome bad = afterCommit(workspace.commit("base", "two\nlines\n"));
        assertThat(bad.verdicts()).noneMatch(verdict -> verdict.passed());
        assertThat(bad.update()).isEmpty();
        assertThat(family.ran()).isEmpty();
        Automation.Outcome good = afterCommit(workspace.commit("base", "base5\n"));
        assertThat(good.update().orElseThrow().failure()).isEmpty();
        assertThat(workspace.weights("a")).isEqualTo("base5\n+a\n");
        assertThat(family.ran()).containsExactly("a", "updated a");
        workspace.settings.put(Automation.SETTING, "maybe");
        assertThatThrownBy(() -> afterCommit(workspace.head("base"))).hasMessage("update.auto is 'maybe'");
    }

    @Test
    void aPreCommitHookCanRefuseAVersion() {
        hook(
                "strict",
                HookEvent.PRE_COMMIT,
                "base",
                "grep -q bad $MGIT_MODEL/weights && { echo is bad >&2; exit 1; }; :");
        hook("other", HookEvent.PRE_COMMIT, "a", "exit 1");
        judge("good\n");
        assertThatThrownBy(() -> judge("bad\n"))
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.GATE))
                .hasMessage("hook 'strict' refused the version: exit code 1\nis bad");
        hooks().remove("strict");
        judge("bad\n");
    }

    private void judge(String weights) {
        new CommitWorkflow(workspace, executor, JobProgress.NONE, CommitListener.NONE)
                .gate(List.of(new Candidate(
                        "base",
                        List.of(),
                        folder -> FolderTools.replace(folder.resolve("weights"), weights.getBytes(UTF_8)))));
    }

    @Test
    void whatCameFromElsewhereIsInertUntilItHasBeenShownAndAccepted() throws IOException {
        hook("late", HookEvent.POST_COMMIT, "all", "echo hook >> ../runs");
        commitTest("lines:lower");
        // As in a fresh clone: the registrations are there, the local list is not.
        Files.delete(workspace.trusted());
        workspace.settings.put(Automation.SETTING, "run");
        Automation.Outcome inert = afterCommit(workspace.commit("base", "base2\n"));
        assertThat(inert.hooks()).isEmpty();
        assertThat(inert.verdicts()).isEmpty();
        assertThat(inert.update()).isEmpty();
        assertThat(family.ran()).isEmpty();

        var review = new TrustReview(workspace);
        List<Trust.Item> pending = review.pending();
        assertThat(pending.stream().map(Trust.Item::name))
                .containsExactly("tests/lines.json", "hooks/late.json", "recipe of a");
        assertThat(pending.get(1).content()).contains("echo hook >> ../runs");
        review.accept(pending);
        assertThat(review.pending()).isEmpty();
        assertThat(afterCommit(workspace.commit("base", "base3\n")).hooks()).allMatch(Hooks.Result::ok);
        assertThat(family.ran()).containsExactly("a", "hook");

        review.withdraw(pending.get(1));
        assertThat(review.pending().stream().map(Trust.Item::name)).containsExactly("hooks/late.json");
    }

    @Test
    void withoutShellNothingIsReadAsAShellWould() throws IOException {
        hooks().add(new HookRegistration(
                "words",
                HookEvent.POST_COMMIT,
                new Selector("all"),
                Limits.NONE,
                false,
                List.of("printf", "%s", "$(id) > x; `id`")));

        assertThat(afterCommit(workspace.commit("base", "base2\n")).hooks())
                .singleElement()
                .satisfies(result -> assertThat(result.stdout()).isEqualTo("$(id) > x; `id`"));
    }

    @Test
    void aNotifyCommandHearsOfFailuresAndOfTheEnd() throws Exception {
        family.derive(List.of("b"), "grep -q base2 {parent1}/weights || cp {parent1}/weights {output}/weights", "base");
        workspace.commit("base", "base2\n");
        Path heard = temp.resolve("heard");
        List<JobProgress.Event> events = new ArrayList<>();
        var notify = new NotifyCommand(
                event -> {
                    synchronized (events) {
                        events.add(event);
                    }
                },
                List.of("sh", "-c", "echo $MGIT_EVENT $MGIT_SUBJECT >> " + heard),
                Map.of("PATH", System.getenv("PATH")),
                temp);
        var updates = new Updates(workspace, executor, notify);
        UpdateOptions options = UpdateOptions.of("base");
        updates.start(updates.plan(options), options);

        Await.until(
                "both commands have written",
                () -> Files.exists(heard) && Files.readAllLines(heard).size() == 2);
        assertThat(Files.readAllLines(heard)).containsExactlyInAnyOrder("failed b", "published base");
        assertThat(events.stream().map(event -> event.kind() + " " + event.subject()))
                .contains("STARTED a", "MADE a", "PASSED a", "STARTED b", "FAILED b", "PUBLISHED base");
    }
}
