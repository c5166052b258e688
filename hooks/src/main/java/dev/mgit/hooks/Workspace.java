package dev.mgit.hooks;

import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What hooks need of a repository; the command line supplies the real one. Calls come from several threads, one at a
 * time.
 */
public interface Workspace {
    /** The folder that holds {@code .mgit}; commands run below it, recorded paths are relative to it. */
    Path root();

    Lineage lineage();

    /** The whole lineage as it stands, by way of the index beside it. */
    LineageGraph graph();

    /** A folder below {@code .mgit} for runs, journals and logs; on the same machine or a file system jobs share. */
    Path scratch();

    /** The file that lists what the user has accepted to run here; their own, never part of the repository. */
    Path trusted();

    /** Who changes are made by. */
    Person author();

    /** The environment commands start from. */
    Map<String, String> environment();

    /** A setting of this repository's configuration, e.g. {@code update.auto}. */
    Optional<String> setting(String key);

    /** The repository's own settings that {@link RunSettings} names, accepted or not. */
    default Map<String, String> runSettings() {
        return Map.of();
    }

    /** What it takes to exchange versions with remotes; empty where there can be none. */
    default Optional<Exchange> exchange() {
        return Optional.empty();
    }

    /** Writes the files of a version, bit for bit, into an empty folder. */
    void checkout(VersionId version, Path folder);

    /**
     * Stores a folder's files as a version, within a transaction that the caller applies. Moves no reference: the
     * caller points a model or a private reference at the version in the same transaction.
     */
    VersionId write(Transaction transaction, NewModelVersion version);

    /** The repository's writer lock, held. */
    @FunctionalInterface
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Takes the repository's writer lock; {@code what} tells waiters who has it. */
    Held lock(String what);

    /** Runs a change while holding the repository's writer lock. */
    default <T> T locked(String what, Supplier<T> body) {
        Held held = lock(what);
        try (held) {
            return body.get();
        }
    }

    /** Another workspace under a few changes. */
    abstract class Delegate implements Workspace {
        private final Workspace workspace;

        protected Delegate(Workspace workspace) {
            this.workspace = workspace;
        }

        @Override
        public Path root() {
            return workspace.root();
        }

        @Override
        public Lineage lineage() {
            return workspace.lineage();
        }

        @Override
        public LineageGraph graph() {
            return workspace.graph();
        }

        @Override
        public Path scratch() {
            return workspace.scratch();
        }

        @Override
        public Path trusted() {
            return workspace.trusted();
        }

        @Override
        public Person author() {
            return workspace.author();
        }

        @Override
        public Map<String, String> environment() {
            return workspace.environment();
        }

        @Override
        public Optional<String> setting(String key) {
            return workspace.setting(key);
        }

        @Override
        public Map<String, String> runSettings() {
            return workspace.runSettings();
        }

        @Override
        public Optional<Exchange> exchange() {
            return workspace.exchange();
        }

        @Override
        public void checkout(VersionId version, Path folder) {
            workspace.checkout(version, folder);
        }

        @Override
        public VersionId write(Transaction transaction, NewModelVersion version) {
            return workspace.write(transaction, version);
        }

        @Override
        public Held lock(String what) {
            return workspace.lock(what);
        }
    }
}
