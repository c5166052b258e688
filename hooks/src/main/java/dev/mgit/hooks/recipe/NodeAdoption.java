package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Retrieval;
import dev.mgit.lineage.remote.RunExchange;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes over what a machine says it made of an order. Whoever may write to the remote may have put anything there, so
 * nothing is believed: it must answer this very order, and its versions must come from the order's recipe and parents.
 * Their files are then where a command here would have left them, to be judged and stored like those.
 */
final class NodeAdoption {
    private final Workspace workspace;
    private final RunExchange there;
    private final String remote;
    private final NodeOrder order;

    NodeAdoption(Workspace workspace, RunExchange there, String remote, NodeOrder order) {
        this.workspace = workspace;
        this.there = there;
        this.remote = remote;
        this.order = order;
    }

    /**
     * @param parcel what the run's reference leads to
     * @param folder of the job
     * @throws MgitException of kind FAILED if it does not answer the order
     */
    Retrieval.Left adopt(VersionId parcel, Path folder) {
        there.fetch(parcel);
        NodeResult result = result(parcel, folder);
        require(order.run().equals(result.run()), "it is of run " + result.run());
        require(order.digest().equals(result.order()), "it answers another order, as an earlier attempt would");
        require(order.recipeDigest().equals(result.recipe()), "it was made by another recipe");
        if (result.good()) {
            require(
                    result.versions().keySet().equals(new HashSet<>(order.models())),
                    "it holds " + String.join(", ", result.versions().keySet()));
            result.versions().forEach((model, version) -> requireMade(parcel, model, version));
            take(result.versions(), folder);
        }
        for (String log : List.of(NodeResult.OUT, NodeResult.ERRORS)) {
            var unused = fresh(parcel, log, NodeResult.MAX_LOG + 1024, folder.resolve(log));
        }
        FolderTools.replace(folder.resolve(NodeResult.FILE), result.toBytes());
        return new Retrieval.Left(result.status(), result.seconds());
    }

    private NodeResult result(VersionId parcel, Path folder) {
        Path file = folder.resolve("received.json");
        try {
            require(fresh(parcel, NodeResult.FILE, NodeResult.MAX_BYTES, file), "it says nothing of what was done");
            return NodeResult.fromBytes(Files.readAllBytes(file));
        } catch (MgitException e) {
            throw e.kind() == MgitException.Kind.INTEGRITY ? refused(String.valueOf(e.getMessage())) : e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean fresh(VersionId parcel, String name, long most, Path target) {
        try {
            Files.deleteIfExists(target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return there.extract(parcel, name, most, target);
    }

    private void requireMade(VersionId parcel, String model, VersionId id) {
        require(
                there.versions(parcel).contains(id) && there.isVersion(id),
                "it names a version of " + model + " that is not there");
        Version version = workspace.lineage().version(id);
        require(version.model().equals(model), "what it calls " + model + " is a version of " + version.model());
        Set<ProvenanceEdge> wanted =
                new HashSet<>(RecipeRunner.edges(order.recipe().parents()));
        require(
                version.previous().isEmpty() && new HashSet<>(version.origins()).equals(wanted),
                model + " was made from other parents");
        Optional<String> recipe = workspace.lineage().extra(id, Recipe.FILE).map(FolderTools::digest);
        require(recipe.equals(Optional.of(order.recipeDigest())), model + " was made by another recipe");
    }

    private void take(Map<String, VersionId> versions, Path folder) {
        Path output = folder.resolveSibling("output");
        FolderTools.delete(output);
        try {
            there.bring(versions.values());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MgitException e) {
            throw e.kind() == MgitException.Kind.INTEGRITY ? refused(String.valueOf(e.getMessage())) : e;
        }
        var job = new RecipeJob(workspace, order.recipe(), order.models(), output);
        versions.forEach((model, version) -> workspace.checkout(version, FolderTools.create(job.folderOf(model))));
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw refused(otherwise);
        }
    }

    private MgitException refused(String why) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "what " + remote + " has as " + RunExchange.reference(order.run()) + " is not the result of this run: "
                        + why,
                "nothing of it was taken; see who may write there, and run it again");
    }
}
