package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.commit.Candidate;
import dev.mgit.hooks.commit.Incoming;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a command left, on its way to be the newest versions of its models. */
final class IncomingRun implements Incoming<Map<String, VersionId>> {
    private final Workspace workspace;
    private final RunRequest request;
    private final RecipeRunner.Carried carried;
    private final Map<String, Optional<VersionId>> heads;
    private final Map<String, VersionId> made = new LinkedHashMap<>();
    private Workspace.@Nullable Held lock;
    private @Nullable Transaction transaction;

    /** @param heads the models' newest versions before the command ran */
    IncomingRun(
            Workspace workspace,
            RunRequest request,
            RecipeRunner.Carried carried,
            Map<String, Optional<VersionId>> heads) {
        this.workspace = workspace;
        this.request = request;
        this.carried = carried;
        this.heads = heads;
    }

    @Override
    public List<Candidate> check() {
        return heads.keySet().stream()
                .map(model -> Candidate.of(version(model)))
                .toList();
    }

    @Override
    public void store() {
        lock = workspace.lock("run");
        requireHeads();
        Transaction begun = workspace.lineage().begin("run " + String.join(" ", request.models()), workspace.author());
        heads.keySet().forEach(model -> made.put(model, workspace.write(begun, version(model))));
        transaction = begun;
    }

    @Override
    public List<VersionId> pending() {
        return List.copyOf(made.values());
    }

    @Override
    public boolean judge() {
        return true;
    }

    @Override
    public void publish() {
        Transaction stored = Objects.requireNonNull(transaction, "nothing is stored yet");
        made.forEach(stored::setModel);
        stored.apply();
        var recipes = new Recipes(workspace);
        request.models().forEach(model -> recipes.accept(model, carried.recipe()));
    }

    @Override
    public Map<String, VersionId> result() {
        return made;
    }

    @Override
    public List<VersionId> published() {
        return List.copyOf(made.values());
    }

    @Override
    public void close() {
        if (lock != null) {
            lock.close();
        }
    }

    private void requireHeads() {
        heads.forEach((model, head) -> {
            if (!workspace.lineage().model(model).map(Model::head).equals(head)) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + model + "' got a new version while the command ran; nothing was committed",
                        "run it again from that version");
            }
        });
    }

    private NewModelVersion version(String model) {
        return new NewModelVersion(
                model,
                Objects.requireNonNull(heads.get(model)),
                RecipeRunner.edges(carried.recipe().parents()),
                request.message(),
                carried.job().folderOf(model),
                request.data().with(Map.of(Recipe.FILE, carried.recipe().toBytes())),
                request.weightsOnly());
    }
}
