package dev.mgit.lineage.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.MgitException.Kind;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.version.Operation.RefChange;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link Lineage} keeps to. All versions here are made. */
public abstract class LineageContract {
    protected static final Person ADA = new Person("Ada Lovelace", "ada@example.org");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    protected Path folder;

    @SuppressWarnings("NullAway.Init")
    protected Lineage lineage;

    /** An empty lineage; one that needs a folder makes it in {@link #folder}. */
    protected abstract Lineage open() throws Exception;

    @BeforeEach
    void openLineage() throws Exception {
        lineage = open();
    }

    @AfterEach
    void closeLineage() {
        lineage.close();
    }

    protected VersionId commit(VersionBuilder version) {
        NewVersion made = version.build();
        Transaction change = lineage.begin("commit " + made.model(), ADA);
        VersionId id = change.write(made);
        change.setModel(made.model(), id);
        change.apply();
        return id;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void failsAs(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void anEmptyLineageIsEmpty() {
        assertThat(lineage.models()).isEmpty();
        assertThat(lineage.tags()).isEmpty();
        assertThat(lineage.operations(10)).isEmpty();
        assertThat(lineage.notes("tests")).isEmpty();
        assertThat(lineage.registryFiles("")).isEmpty();
        assertThat(lineage.tryResolve("base")).isEmpty();
        assertThat(lineage.walk(List.of())).isExhausted();
    }

    @Test
    void aVersionReadsBackAsItWasWritten() {
        VersionId base = commit(VersionBuilder.of("base").message("first"));
        VersionId first = commit(VersionBuilder.of("team/task").from(base, "base", EdgeKind.DISTILL));
        VersionId second = commit(VersionBuilder.of("team/task")
                .after(first)
                .from(base, "base", EdgeKind.CONTINUE_PRETRAIN)
                .by("Grace Hopper", "grace@example.org")
                .at(61)
                .message("better data\n\nSecond paragraph, with ünïcode.")
                .trailer("License", "Apache-2.0"));

        Version version = lineage.version(second);
        assertThat(version.id()).isEqualTo(second);
        assertThat(version.model()).isEqualTo("team/task");
        assertThat(version.previous()).contains(first);
        assertThat(version.origins())
                .containsExactly(new ProvenanceEdge(base, "base", EdgeKind.CONTINUE_PRETRAIN, Source.DECLARED));
        assertThat(version.message().strip()).isEqualTo("better data\n\nSecond paragraph, with ünïcode.");
        assertThat(version.subject()).isEqualTo("better data");
        assertThat(version.author()).isEqualTo(new Person("Grace Hopper", "grace@example.org"));
        assertThat(version.when()).isEqualTo(Instant.parse("2026-01-01T00:01:01Z"));
        assertThat(version.trailers()).containsExactly(Map.entry("License", "Apache-2.0"));

        assertThat(lineage.version(first).previous()).isEmpty();
        assertThat(lineage.version(first).origins()).hasSize(1);
        assertThat(lineage.version(base).origins()).isEmpty();
    }

    @Test
    void filesManifestsAndExtrasReadBackAsTheyWereWritten() {
        TensorSpec weight = new TensorSpec("encoder.layer.0.weight", Dtype.F32, List.of(2L, 3L));
        NewVersion made = VersionBuilder.of("base")
                .file("config.json", "{}")
                .file("docs/a b.md", "text")
                .tensors(Map.of(weight, "data"))
                .extra("recipe.json", "{\"command\":[]}")
                .build();
        Transaction change = lineage.begin("commit", ADA);
        VersionId id = change.write(made);
        change.setModel("base", id);
        change.apply();

        Checkpoint checkpoint = lineage.checkpoint(id);
        assertThat(checkpoint.version()).isEqualTo(id);
        assertThat(checkpoint.files()).containsExactlyInAnyOrderElementsOf(made.files());
        assertThat(checkpoint.lossy()).isEmpty();
        assertThat(lineage.manifest(id, "model.safetensors"))
                .isEqualTo(made.manifests().get("model.safetensors"));
        assertThat(lineage.verbatim(id, "docs/a b.md")).isEqualTo(utf8("text"));
        assertThat(lineage.extra(id, "recipe.json")).hasValue(utf8("{\"command\":[]}"));
        assertThat(lineage.extra(id, "other.json")).isEmpty();
        assertThatThrownBy(() -> lineage.manifest(id, "none")).isInstanceOf(MgitException.class);
        assertThatThrownBy(() -> lineage.verbatim(id, "none")).isInstanceOf(MgitException.class);
    }

    @Test
    void nothingIsVisibleBeforeApplyAndAllOfItAfter() {
        VersionId old = commit(VersionBuilder.of("old"));
        Transaction change = lineage.begin("a big change", ADA);
        VersionId one = change.write(VersionBuilder.of("one").build());
        VersionId two = change.write(
                VersionBuilder.of("two").from(one, "one", EdgeKind.MERGE).build());
        change.setModel("one", one);
        change.setModel("two", two);
        change.deleteModel("old");
        change.setTag("v1", two);
        change.setPrivateRef("staging/x", one);
        change.putNote("tests", two, utf8("passed"));
        change.putRegistryFile("hooks/lint.json", utf8("{}"));

        assertThat(lineage.models()).containsExactly(new Model("old", old));
        assertThat(lineage.tags()).isEmpty();
        assertThat(lineage.note("tests", two)).isEmpty();
        assertThat(lineage.registryFiles("")).isEmpty();

        change.apply();
        assertThat(lineage.models()).containsExactly(new Model("one", one), new Model("two", two));
        assertThat(lineage.model("one")).contains(new Model("one", one));
        assertThat(lineage.model("old")).isEmpty();
        assertThat(lineage.tags()).containsExactly(new Tag("v1", two));
        assertThat(lineage.privateRefs("staging/").values()).containsExactly(one);
        assertThat(lineage.note("tests", two)).hasValue(utf8("passed"));
        assertThat(lineage.registryFile("hooks/lint.json")).hasValue(utf8("{}"));
        assertThat(lineage.version(two).origins()).hasSize(1);
    }

    @Test
    void theSecondOfTwoWritersOfOneReferenceLosesAndChangesNothing() {
        commit(VersionBuilder.of("base"));
        Transaction slow = lineage.begin("slow", ADA);
        VersionId mine = slow.write(VersionBuilder.of("base").message("mine").build());
        slow.setModel("base", mine);
        slow.setModel("other", mine);
        slow.putNote("tests", mine, utf8("passed"));
        VersionId theirs = commit(VersionBuilder.of("base").message("theirs"));
        int operations = lineage.operations(10).size();

        failsAs(Kind.CONFLICT, slow::apply);
        assertThat(lineage.models()).containsExactly(new Model("base", theirs));
        assertThat(lineage.note("tests", mine)).isEmpty();
        assertThat(lineage.operations(10)).hasSize(operations);
    }

    @Test
    void aModelMadeOrDeletedInTheMeantimeIsAConflictToo() {
        Transaction making = lineage.begin("make", ADA);
        VersionId id = making.write(VersionBuilder.of("base").message("mine").build());
        making.setModel("base", id);
        commit(VersionBuilder.of("base"));
        failsAs(Kind.CONFLICT, making::apply);

        Transaction moving = lineage.begin("move", ADA);
        moving.setModel("base", id);
        Transaction deleting = lineage.begin("delete", ADA);
        deleting.deleteModel("base");
        deleting.apply();
        failsAs(Kind.CONFLICT, moving::apply);
        assertThat(lineage.models()).isEmpty();
    }

    @Test
    void writersOfDifferentModelsDoNotDisturbEachOther() {
        Transaction slow = lineage.begin("slow", ADA);
        VersionId mine = slow.write(VersionBuilder.of("mine").build());
        slow.setModel("mine", mine);
        VersionId theirs = commit(VersionBuilder.of("theirs"));
        slow.apply();
        assertThat(lineage.models()).containsExactly(new Model("mine", mine), new Model("theirs", theirs));
    }

    @Test
    void revisionsNameModelsTagsAncestorsEarlierHeadsAndIds() {
        VersionId first = commit(VersionBuilder.of("team/base").message("1"));
        VersionId second = commit(VersionBuilder.of("team/base").message("2").after(first));
        VersionId third = commit(VersionBuilder.of("team/base").message("3").after(second));
        Transaction change = lineage.begin("tag", ADA);
        change.setTag("v1.0", second);
        change.apply();

        assertThat(lineage.resolve("team/base")).isEqualTo(third);
        assertThat(lineage.resolve("team/base~")).isEqualTo(second);
        assertThat(lineage.resolve("team/base~2")).isEqualTo(first);
        assertThat(lineage.resolve("team/base@{0}")).isEqualTo(third);
        assertThat(lineage.resolve("team/base@{1}")).isEqualTo(second);
        assertThat(lineage.resolve("v1.0")).isEqualTo(second);
        assertThat(lineage.resolve("v1.0~1")).isEqualTo(first);
        assertThat(lineage.resolve(first.hex())).isEqualTo(first);
        assertThat(lineage.resolve(third.abbreviated())).isEqualTo(third);
        assertThat(lineage.resolve(third.abbreviated() + "~1")).isEqualTo(second);
        assertThat(lineage.tryResolve("v1.0")).contains(second);
    }

    @Test
    void stepsBackNeverLeaveTheModel() {
        VersionId base = commit(VersionBuilder.of("base"));
        VersionId first = commit(VersionBuilder.of("child").from(base, "base", EdgeKind.FINETUNE));
        VersionId second = commit(VersionBuilder.of("child").message("2").after(first));
        assertThat(lineage.resolve("child~1")).isEqualTo(first);
        assertThat(lineage.tryResolve("child~2")).isEmpty();
        assertThatThrownBy(() -> lineage.resolve("child~2"))
                .hasMessageContaining("goes back past the first version of child");
        assertThat(lineage.resolve(second.abbreviated() + "~1")).isEqualTo(first);
        failsAs(Kind.USAGE, () -> lineage.resolve(first.abbreviated() + "~1"));
    }

    @Test
    void aNameIsAModelOrATag() {
        VersionId base = commit(VersionBuilder.of("base"));
        VersionId other = commit(VersionBuilder.of("other"));
        failsAs(Kind.USAGE, () -> change(change -> change.setTag("base", other)));
        change(change -> change.setTag("v1", other));
        failsAs(Kind.USAGE, () -> change(change -> change.setModel("v1", base)));
        failsAs(
                Kind.USAGE,
                () -> change(change -> {
                    change.setModel("new", base);
                    change.setTag("new", other);
                }));
        assertThat(lineage.resolve("base")).isEqualTo(base);
        assertThat(lineage.tags()).containsExactly(new Tag("v1", other));
        change(change -> {
            change.deleteTag("v1");
            change.setModel("v1", base);
        });
        assertThat(lineage.resolve("v1")).isEqualTo(base);
    }

    @Test
    void aDroppedFileIsNoLongerAmongTheFilesAndWeightsCannotBeDropped() {
        var weights = new FileEntry("model.safetensors", 1, false, FileEntry.Storage.PARAMETERS);
        var moments = new FileEntry("optimizer.pt", 1, false, FileEntry.Storage.PARAMETERS);
        var recorded = new Checkpoint(
                new VersionId("0".repeat(40)), List.of(weights, moments), List.of(), List.of(), Optional.empty());
        DroppedState notes = DroppedState.none();
        for (FileEntry file : recorded.files()) {
            notes = notes.with(
                    new DroppedState.Entry(DroppedState.Op.DROP, file.path(), "--keep-last 1", ADA, Instant.EPOCH));
        }
        Checkpoint now = recorded.without(Optional.of(DroppedState.parse(notes.format())));
        assertThat(now.files()).containsExactly(weights);
        assertThat(now.dropped()).containsExactly(new DroppedState.File(moments, "--keep-last 1", ADA, Instant.EPOCH));

        DroppedState restored = notes.with(
                new DroppedState.Entry(DroppedState.Op.RESTORE, moments.path(), "--keep-last 1", ADA, Instant.EPOCH));
        assertThat(recorded.without(Optional.of(DroppedState.parse(restored.format()))))
                .isEqualTo(recorded);
        failsAs(Kind.INTEGRITY, () -> DroppedState.parse(utf8("{\"op\":\"drop\"}")));
    }

    @Test
    void aNoteThatCannotBeReadCostsItselfOnly() {
        VersionId good = commit(VersionBuilder.of("good"));
        VersionId bad = commit(VersionBuilder.of("bad"));
        change(change -> {
            change.putNote("numbers", good, "1".getBytes(StandardCharsets.UTF_8));
            change.putNote("numbers", bad, "one".getBytes(StandardCharsets.UTF_8));
            change.putNote("edges", bad, "{\"op\":".getBytes(StandardCharsets.UTF_8));
        });
        assertThat(lineage.note("numbers", good, LineageContract::number)).contains(1);
        assertThat(lineage.note("numbers", bad, LineageContract::number)).isEmpty();
        assertThat(lineage.hasNote("numbers", bad)).isTrue();
        assertThat(lineage.version(bad).origins()).isEmpty();

        change(change -> change.setNoteAside("numbers", bad));
        assertThat(lineage.hasNote("numbers", bad)).isFalse();
        assertThat(lineage.note("numbers", good)).isPresent();
        assertThat(lineage.note("set-aside/numbers", bad)).contains("one".getBytes(StandardCharsets.UTF_8));
        lineage.undo(Optional.empty(), ADA);
        assertThat(lineage.hasNote("numbers", bad)).isTrue();
    }

    private static int number(byte[] content) {
        return Integer.parseInt(new String(content, StandardCharsets.UTF_8));
    }

    private void change(Consumer<Transaction> body) {
        Transaction transaction = lineage.begin("change", ADA);
        body.accept(transaction);
        transaction.apply();
    }

    @Test
    void whatNamesNothingIsAUsageErrorWithAHint() {
        VersionId only = commit(VersionBuilder.of("bert-base"));
        String unknown = (only.hex().charAt(0) == '0' ? "1" : "0") + only.hex().substring(1);
        for (String revision : List.of("bert-base~1", "bert-base@{9}", unknown, "none", "", "~1", "a..b", "@{")) {
            failsAs(Kind.USAGE, () -> lineage.resolve(revision));
            assertThat(lineage.tryResolve(revision)).isEmpty();
        }
        assertThatThrownBy(() -> lineage.resolve("bert-bsae"))
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.hint()).contains("bert-base"));
    }

    @Test
    void walkShowsChildrenBeforeParentsEachOnceAndNewestFirst() {
        VersionId root = commit(VersionBuilder.of("base").at(0));
        VersionId left = commit(VersionBuilder.of("left").at(20).from(root, "base", EdgeKind.FINETUNE));
        VersionId right = commit(VersionBuilder.of("right").at(10).from(root, "base", EdgeKind.FINETUNE));
        VersionId next = commit(VersionBuilder.of("base").at(30).after(root).message("next"));
        // Its clock was wrong: older than its parents, and still shown before them.
        VersionId merge = commit(VersionBuilder.of("merged")
                .at(5)
                .from(left, "left", EdgeKind.MERGE)
                .from(right, "right", EdgeKind.MERGE));
        VersionId apart = commit(VersionBuilder.of("apart").at(40));

        assertThat(walk(merge, next)).containsExactly(next, merge, left, right, root);
        assertThat(walk(merge, left, root, merge)).containsExactly(merge, left, right, root);
        assertThat(walk(apart)).containsExactly(apart);
    }

    private List<VersionId> walk(VersionId... from) {
        List<VersionId> order = new ArrayList<>();
        lineage.walk(List.of(from)).forEachRemaining(version -> order.add(version.id()));
        return order;
    }

    @Test
    void edgesAreAddedAndWithdrawnByNotesWithoutChangingTheVersion() {
        VersionId base = commit(VersionBuilder.of("base"));
        VersionId other = commit(VersionBuilder.of("other"));
        VersionId child = commit(VersionBuilder.of("child").from(base, "base", EdgeKind.FINETUNE));
        var add = new EdgeNotes.Entry(
                EdgeNotes.Op.ADD, other, "other", EdgeKind.DISTILL, Source.INFERRED, ADA, Instant.EPOCH);
        var remove = new EdgeNotes.Entry(
                EdgeNotes.Op.REMOVE, base, "base", EdgeKind.FINETUNE, Source.ADDED, ADA, Instant.EPOCH);
        Transaction change = lineage.begin("edge", ADA);
        change.putNote(
                EdgeNotes.NAMESPACE,
                child,
                EdgeNotes.none().with(add).with(remove).format());
        change.apply();

        assertThat(lineage.resolve("child")).isEqualTo(child);
        assertThat(lineage.version(child).origins())
                .containsExactly(new ProvenanceEdge(other, "other", EdgeKind.DISTILL, Source.INFERRED));
        assertThat(walk(child)).containsExactly(child, other);

        Transaction back = lineage.begin("edge", ADA);
        back.removeNote(EdgeNotes.NAMESPACE, child);
        back.apply();
        assertThat(walk(child)).containsExactly(child, base);
    }

    @Test
    void notesAreKeptByNamespaceAndReplaced() {
        VersionId one = commit(VersionBuilder.of("one"));
        VersionId two = commit(VersionBuilder.of("two"));
        Transaction change = lineage.begin("note", ADA);
        change.putNote("tests", one, utf8("red"));
        change.putNote("tests", two, utf8("green"));
        change.putNote("reviews", one, utf8("fine\n"));
        change.apply();
        Transaction again = lineage.begin("note", ADA);
        again.putNote("tests", one, utf8("green"));
        again.apply();

        assertThat(lineage.notes("tests")).containsOnlyKeys(one, two);
        assertThat(lineage.note("tests", one)).hasValue(utf8("green"));
        assertThat(lineage.note("reviews", one)).hasValue(utf8("fine\n"));
        assertThat(lineage.note("reviews", two)).isEmpty();

        Transaction removal = lineage.begin("note", ADA);
        removal.removeNote("tests", one);
        removal.apply();
        assertThat(lineage.notes("tests")).containsOnlyKeys(two);
    }

    @Test
    void registryFilesAreListedByFolder() {
        Transaction change = lineage.begin("hooks", ADA);
        change.putRegistryFile("hooks/a.json", utf8("a"));
        change.putRegistryFile("hooks/deep/b.json", utf8("b"));
        change.putRegistryFile("hooks2/c.json", utf8("c"));
        change.apply();
        assertThat(lineage.registryFiles("hooks")).containsExactly("hooks/a.json", "hooks/deep/b.json");
        assertThat(lineage.registryFile("hooks2/c.json")).hasValue(utf8("c"));

        Transaction removal = lineage.begin("hooks", ADA);
        removal.removeRegistryFile("hooks/a.json");
        removal.apply();
        assertThat(lineage.registryFiles("hooks")).containsExactly("hooks/deep/b.json");
        assertThat(lineage.registryFile("hooks/a.json")).isEmpty();
    }

    @Test
    void everyChangeIsOneOperationNewestFirst() {
        VersionId base = commit(VersionBuilder.of("base"));
        Transaction change = lineage.begin("mv base root", ADA);
        change.deleteModel("base");
        change.setModel("root", base);
        change.apply();

        List<Operation> operations = lineage.operations(10);
        assertThat(operations).extracting(Operation::description).containsExactly("mv base root", "commit base");
        assertThat(operations).extracting(Operation::id).doesNotHaveDuplicates();
        Operation move = operations.get(0);
        assertThat(move.author()).isEqualTo(ADA);
        assertThat(move.changes())
                .contains(
                        new RefChange("refs/heads/base", Optional.of(base.hex()), Optional.empty()),
                        new RefChange("refs/heads/root", Optional.empty(), Optional.of(base.hex())));
        assertThat(lineage.operations(1)).containsExactly(move);
    }

    @Test
    void tagsAndPrivateReferencesComeAndGo() {
        VersionId base = commit(VersionBuilder.of("base"));
        Transaction change = lineage.begin("refs", ADA);
        change.setTag("v1", base);
        change.setTag("v2", base);
        change.setPrivateRef("staging/a", base);
        change.setPrivateRef("staging/b", base);
        change.apply();
        Transaction removal = lineage.begin("refs", ADA);
        removal.deleteTag("v1");
        removal.deletePrivateRef("staging/a");
        removal.apply();

        assertThat(lineage.tags()).containsExactly(new Tag("v2", base));
        assertThat(lineage.privateRefs("staging/")).hasSize(1);
        assertThat(lineage.models()).hasSize(1);
    }
}
