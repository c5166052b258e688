package dev.mgit.cli.console;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitSettings;
import dev.mgit.lineage.remote.LazyParameters;
import dev.mgit.lineage.repository.MissingParameters;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.RepositoryFiles;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One command's time with a repository. */
public final class Session implements AutoCloseable {
    private final Context context;
    private final Repository repository;

    private Session(Context context, Repository repository) {
        this.context = context;
        this.repository = repository;
    }

    /** Opens the repository the command runs in. */
    public static Session open(Context context) throws IOException {
        return open(context, context.directory());
    }

    /** Opens the repository a folder lies in. */
    public static Session open(Context context, Path folder) throws IOException {
        return of(context, Repository.open(folder, context.user()));
    }

    /** The same for a command that repairs it. */
    public static Session openDamaged(Context context) throws IOException {
        return of(context, Repository.openDamaged(context.directory(), context.user()));
    }

    private static Session of(Context context, Repository repository) {
        repository.warn(context.output()::warning);
        var session = new Session(context, repository);
        repository.bringMissing(session::bring);
        repository.signVersions(() -> context.signsVersions() ? Optional.of(context.signer()) : Optional.empty());
        return session;
    }

    /** Opens the repository the command runs in, if it runs in one. */
    public static @Nullable Session ifAny(Context context) throws IOException {
        for (Path folder = context.directory(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(RepositoryFiles.FOLDER))) {
                return open(context);
            }
        }
        return null;
    }

    public Repository repository() {
        return repository;
    }

    /** Brings what a command is about to read and a fetch left at a remote. */
    private void bring(Map<ObjectId, Long> objects) throws IOException {
        Optional<MissingParameters> remotes =
                LazyParameters.of(Exchanges.of(context, this, new WaitOption()), Exchanges.remotes(this));
        if (remotes.isPresent()) {
            remotes.get().bring(objects);
        }
    }

    /** Reads revisions as they are typed where the command runs. */
    public RevisionArguments revisions() {
        return new RevisionArguments(repository, context.directory());
    }

    /** @throws MgitException of kind USAGE if there is no such version, with a hint */
    public VersionId resolve(String revision) {
        return revisions().resolve(revision);
    }

    /** Who makes changes: mgit's settings, Git's environment, Git's own settings, or the login name. */
    public Person author() {
        Map<String, String> environment = context.terminal().environment();
        GitSettings user = context.gitSettings();
        String login = environment.getOrDefault("USER", "unknown");
        String name = repository
                .settings()
                .get("user.name")
                .or(() -> Optional.ofNullable(environment.get("GIT_AUTHOR_NAME")))
                .or(() -> user.get("user.name"))
                .orElse(login);
        String email = repository
                .settings()
                .get("user.email")
                .or(() -> Optional.ofNullable(environment.get("GIT_AUTHOR_EMAIL")))
                .or(() -> user.get("user.email"))
                .orElse(login + "@localhost");
        return new Person(name, email);
    }

    /** A version as people like to see it: {@code model@id}. */
    public String name(VersionId id) {
        Version version = repository.lineage().version(id);
        return version.model().isEmpty() ? id.abbreviated() : version.model() + "@" + id.abbreviated();
    }

    /** The path as the user would type it from where the command runs. */
    public String shown(Path path) {
        Path directory = context.directory();
        if (!path.startsWith(directory)) {
            return path.toString();
        }
        String relative = directory.relativize(path).toString();
        return relative.isEmpty() ? "." : relative;
    }

    /** Progress of library work, on the terminal. */
    public dev.mgit.lineage.checkpoint.CopyProgress progress() {
        return new dev.mgit.lineage.checkpoint.CopyProgress() {
            private @Nullable ProgressLine shown;
            private long total;
            private final AtomicLong finished = new AtomicLong();

            @Override
            public void start(String what, long bytes) {
                shown = context.progress(what);
                total = bytes;
                finished.set(0);
            }

            @Override
            public void advance(long bytes) {
                Objects.requireNonNull(shown).bytes(finished.addAndGet(bytes), total);
            }

            @Override
            public void done() {
                Objects.requireNonNull(shown).close();
            }
        };
    }

    @Override
    public void close() {
        repository.close();
    }
}
