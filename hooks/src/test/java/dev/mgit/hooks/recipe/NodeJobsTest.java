package dev.mgit.hooks.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.GitServers;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.executor.Retrieval;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.remote.RemoteParameters;
import dev.mgit.lineage.remote.Remotes;
import dev.mgit.lineage.remote.RunExchange;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.User;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes to other machines and what of that comes back; the machine is another repository of this process. */
class NodeJobsTest {
    private static final String RUN = "0123abcd/4";

    /** One tensor of four zeros. */
    private static final byte[] WEIGHTS = weights();

    private static byte[] weights() {
        byte[] header =
                "{\"w\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}".getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + header.length + 16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }

    @TempDir
    private Path temp;

    private final List<Repository> open = new ArrayList<>();
    private RemoteAddress address;
    private Remote hub;
    private RepositoryWorkspace here;
    private VersionId base;
    private VersionId other;
    private Path folder;

    @BeforeEach
    void aRepositoryAndARemote() throws IOException {
        address =
                RemoteAddress.parse(GitServers.bare(temp.resolve("models.git")).toString(), temp);
        hub = new Remote(
                "hub", address, Optional.of(temp.resolve("store").toUri().toString()), false, List.of());
        here = repository("here");
        Exchange exchange = here.exchange().orElseThrow();
        RemoteParameters.prepare(exchange, hub);
        new Remotes(exchange.repository().ownSettings(), exchange.repository().root()).add(hub);
        base = commit("base", "base1\n");
        other = commit("other", "other1\n");
        folder = temp.resolve("attempt/job");
    }

    @AfterEach
    void close() {
        open.forEach(Repository::close);
    }

    private RepositoryWorkspace repository(String name) throws IOException {
        Repository repository = Repository.init(temp.resolve(name), User.withState(temp.resolve(name + "-state")));
        open.add(repository);
        return new RepositoryWorkspace(
                repository, new Person("Ada", "ada@example.org"), System.getenv(), Duration.ofSeconds(30), text -> {});
    }

    private VersionId commit(String model, String text) throws IOException {
        return write(here, model, text, List.of(), Map.of(), true);
    }

    private VersionId write(
            RepositoryWorkspace workspace,
            String model,
            String text,
            List<Recipe.Parent> parents,
            Map<String, byte[]> extra,
            boolean named)
            throws IOException {
        Path files = Files.createTempDirectory(temp, "files");
        Files.writeString(files.resolve("history.txt"), text);
        Files.write(files.resolve("model.safetensors"), WEIGHTS);
        return workspace.locked("commit", () -> {
            var transaction = workspace.lineage().begin("commit", workspace.author());
            VersionId id = workspace.write(
                    transaction,
                    new NewModelVersion(model, Optional.empty(), RecipeRunner.edges(parents), "by hand", files, extra));
            if (named) {
                transaction.setModel(model, id);
            } else {
                transaction.setPrivateRef("test/" + id.hex(), id);
            }
            transaction.apply();
            return id;
        });
    }

    private Executor executor() {
        Map<String, String> settings = new HashMap<>(Map.of("executor.command.remote", "hub"));
        return Executors.create("command", key -> Optional.ofNullable(settings.get(key)), System.getenv());
    }

    private NodeJobs jobs() {
        return new NodeJobs(here, executor());
    }

    private Recipe recipe(String line, VersionId parent) {
        return new Recipe(
                List.of(line),
                true,
                ".",
                Map.of("WORD", "trained"),
                List.of(),
                List.of(new Recipe.Parent("base", parent, EdgeKind.FINETUNE)),
                Optional.empty(),
                Limits.NONE,
                List.of(),
                false,
                List.of(),
                Recipe.Circumstances.none(Map.of(), Instant.EPOCH));
    }

    private Recipe recipe() {
        return recipe("cp {parent1}/* {output}/; echo $WORD >> {output}/history.txt", base);
    }

    private Job offered(Recipe recipe) {
        return jobs().job(RUN, "update child", List.of("child"), recipe, folder);
    }

    private int carriedOut(Job job) throws IOException {
        var node = new NodeRun(repository("node-" + open.size()), new LocalExecutor(), address, RUN, JobProgress.NONE);
        return node.carryOut(job.command().get(4), temp);
    }

    private Optional<Retrieval.Left> retrieved() {
        return jobs().retrieve(new JobHandle("", folder));
    }

    private void refused(String why, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.FAILED))
                .hasMessageContaining("refs/mgit/runs/" + RUN + " is not the result of this run: " + why);
        assertThat(folder.resolveSibling("output")).doesNotExist();
    }

    /** Puts a result of somebody's own in the run's place. */
    private void forged(RepositoryWorkspace eve, List<VersionId> versions, UnaryOperator<String> json)
            throws IOException {
        NodeOrder order = NodeOrder.fromBytes(Files.readAllBytes(folder.resolve(NodeOrder.FILE)));
        var result = new NodeResult(
                RUN,
                order.digest(),
                order.recipeDigest(),
                false,
                0,
                1,
                versions.isEmpty() ? Map.of() : Map.of("child", versions.get(0)),
                "evil",
                Optional.empty(),
                Map.of(),
                "");
        Path file = Files.createTempFile(temp, "result", ".json");
        Files.writeString(file, json.apply(new String(result.toBytes(), StandardCharsets.UTF_8)));
        try (RunExchange there = RunExchange.open(eve.exchange().orElseThrow(), hub)) {
            there.offer(RUN, Map.of(NodeResult.FILE, file), versions);
        }
    }

    @Test
    void aRecipeIsCarriedOutThereAndItsOutputIsLaidOutHere() throws IOException {
        Job job = offered(recipe());
        assertThat(job.apart()).isTrue();
        assertThat(retrieved()).as("nothing yet").isEmpty();
        assertThat(carriedOut(job)).isZero();
        assertThat(retrieved().orElseThrow().status().ok()).isTrue();
        assertThat(folder.resolveSibling("output").resolve("history.txt")).hasContent("base1\ntrained\n");
        Recipe completed = NodeJobs.completed(recipe(), new JobHandle("", folder));
        assertThat(completed.circumstances().node()).isPresent();
        assertThat(Recipe.fromBytes(completed.toBytes(), "it")).isEqualTo(completed);
        assertThat(here.lineage().model("child")).as("it is not stored yet").isEmpty();

        jobs().withdraw(List.of(folder));
        assertThat(GitServers.run(temp.resolve("models.git"), "git", "for-each-ref"))
                .isEmpty();
    }

    @Test
    void whatFailsThereIsToldHere() throws IOException {
        assertThat(carriedOut(offered(recipe("echo so it goes >&2; exit 9", base))))
                .isEqualTo(9);
        JobStatus status = retrieved().orElseThrow().status();
        assertThat(status.exitCode()).isEqualTo(9);
        assertThat(folder.resolve("stderr.log")).content().contains("so it goes");

        assertThat(carriedOut(offered(recipe("true", base)))).isEqualTo(1);
        assertThat(retrieved().orElseThrow().status().ok()).isFalse();
        assertThat(folder.resolve("stderr.log")).content().contains("wrote no file for 'child'");
        assertThat(folder.resolveSibling("output")).doesNotExist();
    }

    @Test
    void anEarlierAttemptCountsNoMore() throws IOException {
        Job first = offered(recipe());
        byte[] firstOrder = Files.readAllBytes(folder.resolve(NodeOrder.FILE));
        Job second = offered(recipe());
        assertThat(second.command()).isNotEqualTo(first.command());
        assertThatThrownBy(() -> carriedOut(first))
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY))
                .hasMessageContaining("is not the one this job was submitted for");
        assertThat(retrieved()).as("the second is still to come").isEmpty();
        // Its result, forced into place.
        byte[] now = Files.readAllBytes(folder.resolve(NodeOrder.FILE));
        Files.write(folder.resolve(NodeOrder.FILE), firstOrder);
        forged(here, List.of(), json -> json);
        Files.write(folder.resolve(NodeOrder.FILE), now);
        refused("it answers another order", this::retrieved);
        offered(recipe());
        assertThat(carriedOut(jobAgain())).isZero();
        assertThat(retrieved()).isPresent();
    }

    private Job jobAgain() {
        return offered(recipe());
    }

    @Test
    void anOrderThatSomebodyElseWroteIsNotCarriedOut() throws IOException {
        Job job = offered(recipe());
        RepositoryWorkspace eve = repository("eve");
        Path evil = temp.resolve("evil.json");
        String order = Files.readString(folder.resolve(NodeOrder.FILE));
        Files.writeString(evil, order.replace("trained", "stolen"));
        assertThat(evil).content().isNotEqualTo(order);
        try (RunExchange there = RunExchange.open(eve.exchange().orElseThrow(), hub)) {
            there.offer(RUN, Map.of(NodeOrder.FILE, evil), List.of());
        }
        assertThatThrownBy(() -> carriedOut(job)).hasMessageContaining("nothing was run");
        refused("it says nothing of what was done", this::retrieved);
    }

    @Test
    void whatIsNoAnswerToTheOrderIsRefused() throws IOException {
        offered(recipe());
        forged(here, List.of(), json -> json.replace(RUN, "ffffffff/0"));
        refused("it is of run ffffffff/0", this::retrieved);
        forged(here, List.of(), json -> json.replaceAll("(\"recipe\": *\")[0-9a-f]{8}", "$100000000"));
        refused("it was made by another recipe", this::retrieved);
        forged(here, List.of(), json -> "{\"schema\": 1");
        refused("the result of a run is damaged", this::retrieved);
        forged(here, List.of(), json -> json);
        refused("it holds ", this::retrieved);
        forged(here, List.of(other), json -> json);
        refused("what it calls child is a version of other", this::retrieved);
    }

    @Test
    void versionsOfOtherParentsOrRecipesAreRefused() throws IOException {
        offered(recipe());
        Map<String, byte[]> rightRecipe = Map.of(
                Recipe.FILE,
                NodeOrder.fromBytes(Files.readAllBytes(folder.resolve(NodeOrder.FILE)))
                        .recipe()
                        .toBytes());
        List<Recipe.Parent> wrongParent = List.of(new Recipe.Parent("other", other, EdgeKind.FINETUNE));
        VersionId changeling = write(here, "child", "evil\n", wrongParent, rightRecipe, false);
        forged(here, List.of(changeling), json -> json);
        refused("child was made from other parents", this::retrieved);

        VersionId byOther =
                write(here, "child", "evil\n", recipe().parents(), Map.of(Recipe.FILE, recipe().toBytes()), false);
        Map<String, byte[]> other =
                Map.of(Recipe.FILE, recipe("echo evil", base).toBytes());
        VersionId byEvil = write(here, "child", "evil\n", recipe().parents(), other, false);
        assertThat(byEvil).isNotEqualTo(byOther);
        forged(here, List.of(byEvil), json -> json);
        refused("child was made by another recipe", this::retrieved);
    }
}
