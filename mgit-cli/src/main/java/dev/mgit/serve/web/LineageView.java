package dev.mgit.serve.web;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.HttpError;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The repository as pages see it: the graph, kept as long as nothing moves, and everything else read by one request at a
 * time from a lineage of their own. Long work gets a repository to itself.
 */
final class LineageView implements Closeable {
    private static final Person NOBODY = new Person("mgit", "");

    private final Supplier<Repository> opening;
    private final Repository repository;
    private final Map<String, String> environment;
    private @Nullable Snapshot snapshot;
    private String fingerprint = "";

    /**
     * @param opening opens the repository anew
     * @param environment of commands that are asked for their packages
     */
    LineageView(Supplier<Repository> opening, Map<String, String> environment) {
        this.opening = opening;
        this.repository = opening.get();
        this.environment = Map.copyOf(environment);
    }

    /** Name of the repository's folder. */
    String name() {
        return String.valueOf(repository.root().getFileName());
    }

    /** The graph as it stands now; the same object as long as no model, tag or edge has changed. */
    synchronized Snapshot snapshot() {
        String now = repository.lineage().fingerprint();
        Snapshot known = snapshot;
        if (known == null || !now.equals(fingerprint)) {
            known = new Snapshot(repository.graph());
            snapshot = known;
            fingerprint = now;
        }
        return known;
    }

    /** Reads the lineage; nobody else does meanwhile. */
    synchronized <T> T read(Function<Lineage, T> reading) {
        return reading.apply(repository.lineage());
    }

    /** The same with what hangs on models: recipes, tests, updates. Nothing is run or changed. */
    synchronized <T> T inWorkspace(Function<Workspace, T> reading) {
        return reading.apply(workspace(repository));
    }

    Workspace workspace(Repository of) {
        return new RepositoryWorkspace(of, NOBODY, environment, Duration.ZERO, notice -> {});
    }

    /** The parameter store as it is now, to be closed by the caller; empty if nothing was ever stored. */
    Optional<ParameterStore> parameters() {
        return repository.parametersIfAny();
    }

    /** The repository for one piece of work that takes long; to be closed by the caller. */
    Repository another() {
        return opening.get();
    }

    /**
     * The version a revision means.
     *
     * @throws HttpError 404, saying what may have been meant
     */
    VersionId resolve(String revision) {
        if (revision.isEmpty()) {
            throw new HttpError(400, "no revision is named");
        }
        try {
            return read(lineage -> lineage.resolve(revision));
        } catch (MgitException e) {
            if (e.kind() == MgitException.Kind.USAGE) {
                throw new HttpError(404, e.getMessage() + (e.hint() == null ? "" : "; " + e.hint()));
            }
            throw e;
        }
    }

    /** The same for what the graph has: versions that a model or tag leads to. */
    VersionId inGraph(Snapshot now, String revision) {
        VersionId id = resolve(revision);
        if (!now.graph().contains(id)) {
            throw new HttpError(404, "no model or tag leads to version " + id.abbreviated());
        }
        return id;
    }

    @Override
    public void close() throws IOException {
        repository.close();
    }
}
