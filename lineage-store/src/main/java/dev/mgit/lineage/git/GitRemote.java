package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.VersionId;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.NotSupportedException;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.internal.JGitText;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RepositoryCache;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/** A lineage elsewhere, reached by Git's own protocols. Moves no reference of the lineage here. */
public final class GitRemote implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 60;

    private final FileRepository git;
    private final RemoteAddress address;
    private final Map<String, String> environment;
    private final Consumer<String> messages;
    private final GitCredentials credentials;
    private @Nullable Transport transport;
    private @Nullable FetchConnection connection;

    /**
     * @param environment where {@code GIT_SSH_COMMAND} and what Git's own programs need is found
     * @param messages told each line the other side has for the user
     */
    GitRemote(GitLineage lineage, RemoteAddress address, Map<String, String> environment, Consumer<String> messages) {
        this.git = lineage.git();
        this.address = address;
        this.environment = environment;
        this.messages = messages;
        this.credentials = new GitCredentials(environment);
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    /**
     * References there, by full name, as {@link GitExchange#references} has them.
     *
     * @throws MgitException of kind REMOTE if it cannot be reached
     */
    public Map<String, VersionId> references() {
        return remotely(() -> {
            closeConnection();
            FetchConnection opened = open().openFetch();
            connection = opened;
            var references = new TreeMap<String, VersionId>();
            for (Ref ref : opened.getRefs()) {
                GitExchange.add(references, ref);
            }
            credentials.approve();
            return references;
        });
    }

    /**
     * Brings everything that leads from some of the {@link #references()} there, as far as it is not here. Until a
     * reference is put on it, only the writer lock keeps it here.
     *
     * @throws MgitException of kind REMOTE if the transfer fails, INTEGRITY if what came is damaged or not whole
     */
    public void fetch(Collection<VersionId> tips) {
        Set<ObjectId> wanted = new HashSet<>();
        tips.forEach(tip -> wanted.add(ObjectId.fromString(tip.hex())));
        remotely(() -> {
            wanted.removeAll(whole(wanted));
            if (!wanted.isEmpty()) {
                FetchConnection open = connection == null ? open().openFetch() : connection;
                connection = open;
                List<Ref> refs = new ArrayList<>();
                for (ObjectId id : wanted) {
                    refs.add(new ObjectIdRef.Unpeeled(Ref.Storage.NETWORK, id.name(), id));
                }
                open.fetch(NullProgressMonitor.INSTANCE, refs, Set.of());
                closeConnection();
                requireWhole(wanted);
            }
            return true;
        });
    }

    /** Those that are here with all they lead to; in one walk, since there may be thousands. */
    private Set<ObjectId> whole(Set<ObjectId> tips) throws IOException {
        Set<ObjectId> whole = new HashSet<>();
        for (Ref ref : RefListing.all(git)) {
            whole.add(ref.getObjectId());
        }
        whole.retainAll(tips);
        Set<ObjectId> here = new HashSet<>();
        for (ObjectId tip : tips) {
            if (!whole.contains(tip) && git.getObjectDatabase().has(tip)) {
                here.add(tip);
            }
        }
        try {
            requireWhole(here);
            whole.addAll(here);
        } catch (IOException | MgitException e) {
            // fetched again, all of them
        }
        return whole;
    }

    /** All that the tips lead to and that no reference here leads to already. */
    private void requireWhole(Set<ObjectId> tips) throws IOException {
        try (var walk = new ObjectWalk(git)) {
            for (ObjectId tip : tips) {
                walk.markStart(walk.parseAny(tip));
            }
            for (Ref ref : RefListing.all(git)) {
                if (ref.getObjectId() != null) {
                    walk.markUninteresting(walk.parseAny(ref.getObjectId()));
                }
            }
            walk.checkConnectivity();
        } catch (MissingObjectException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "what " + address + " sent is not whole: " + e.getObjectId().name() + " is missing",
                    "run 'git fsck' there",
                    e);
        }
    }

    /**
     * One reference to be moved there.
     *
     * @param from where it must be now; empty if there must be none
     * @param to where it shall be; empty to delete it
     */
    public record Move(String ref, Optional<VersionId> from, Optional<VersionId> to) {}

    /**
     * A move that was not made.
     *
     * @param raced whether the reference was not where it should have been
     * @param why one clause, of the other side's
     */
    public record Refusal(Move move, boolean raced, String why) {}

    /**
     * Moves references there, all or none. Where a server cannot do that, in the order given and each by itself, until
     * one is refused.
     *
     * @return what was refused; empty if every reference moved
     * @throws MgitException of kind REMOTE if it cannot be reached
     */
    public List<Refusal> push(List<Move> moves) {
        return remotely(() -> {
            closeConnection();
            completePacks();
            List<Refusal> refused;
            try {
                refused = push(moves, true);
            } catch (TransportException e) {
                if (!String.valueOf(e.getMessage()).contains(JGitText.get().atomicPushNotSupported)) {
                    throw e;
                }
                refused = oneByOne(moves);
            }
            syncNames(moves);
            credentials.approve();
            return refused;
        });
    }

    private List<Refusal> oneByOne(List<Move> moves) throws IOException {
        messages.accept("the server cannot move several references at once; moving them one by one");
        for (Move move : moves) {
            List<Refusal> refused = push(List.of(move), false);
            if (!refused.isEmpty()) {
                return refused;
            }
        }
        return List.of();
    }

    private List<Refusal> push(List<Move> moves, boolean atomic) throws IOException {
        List<RemoteRefUpdate> updates = new ArrayList<>();
        for (Move move : moves) {
            updates.add(new RemoteRefUpdate(
                    git,
                    null,
                    move.to().map(to -> ObjectId.fromString(to.hex())).orElse(ObjectId.zeroId()),
                    move.ref(),
                    true,
                    null,
                    move.from().map(from -> ObjectId.fromString(from.hex())).orElse(ObjectId.zeroId())));
        }
        var said = new ByteArrayOutputStream();
        Transport to = open();
        to.setPushAtomic(atomic && moves.size() > 1);
        to.push(NullProgressMonitor.INSTANCE, updates, said);
        said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(messages);
        List<Refusal> refused = new ArrayList<>();
        for (int i = 0; i < moves.size(); i++) {
            RemoteRefUpdate update = updates.get(i);
            switch (update.getStatus()) {
                case OK, UP_TO_DATE, NON_EXISTING -> {}
                case REJECTED_REMOTE_CHANGED -> refused.add(new Refusal(moves.get(i), true, "it has moved there"));
                default ->
                    refused.add(new Refusal(
                            moves.get(i),
                            false,
                            update.getMessage() == null ? update.getStatus().toString() : update.getMessage()));
            }
        }
        return refused;
    }

    private Transport open() throws IOException {
        Transport opened = transport;
        if (opened == null) {
            requireSoundIndexes();
            opened = Transport.open(git, address.uri());
            opened.setTimeout(TIMEOUT_SECONDS);
            opened.setObjectChecker(new ObjectChecker());
            opened.setCredentialsProvider(credentials);
            if (opened instanceof SshTransport ssh) {
                ssh.setSshSessionFactory(new SshProgram(environment));
            }
            transport = opened;
        }
        return opened;
    }

    /** The repository there, if it lies in a folder: JGit itself is the other side then. */
    private Optional<Path> folder() {
        if (address.uri().isRemote() || address.uri().getPath() == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(
                        RepositoryCache.FileKey.resolve(new File(address.uri().getPath()), FS.DETECTED))
                .map(File::toPath);
    }

    /** JGit looks for ever for objects that an index misplaces, or stops in the middle of a pack and waits for the answer. */
    private void requireSoundIndexes() throws IOException {
        Optional<Path> here = PackIndexes.damaged(git.getDirectory().toPath());
        if (here.isPresent()) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "Git file " + here.get() + " is not the index of its pack",
                    "run 'mgit fsck --repair', which makes it from the pack");
        }
        Optional<Path> there = folder();
        Optional<Path> damaged = there.isEmpty() ? Optional.empty() : PackIndexes.damaged(there.get());
        if (damaged.isPresent()) {
            throw new MgitException(
                    MgitException.Kind.REMOTE,
                    "the repository at " + address + " is damaged: " + damaged.get() + " is not the index of its pack",
                    "remove that file and run 'git index-pack' on the pack beside it");
        }
    }

    /** A push that was killed there between a pack and its index would never end: JGit takes the pack for received. */
    private void completePacks() throws IOException {
        Optional<Path> there = folder();
        if (there.isPresent()) {
            PackIndexes.complete(there.get().resolve("objects"));
        }
    }

    /** JGit syncs the files that it writes there, and not their names. */
    private void syncNames(List<Move> moves) throws IOException {
        Optional<Path> there = folder();
        if (there.isPresent()) {
            Path packs = there.get().resolve("objects/pack");
            if (Files.isDirectory(packs)) {
                DurableNames.sync(packs);
            }
            DurableNames.syncReferences(
                    there.get(), moves.stream().map(Move::ref).toList());
        }
    }

    private <T> T remotely(Work<T> work) {
        try {
            return work.run();
        } catch (NoRemoteRepositoryException e) {
            throw unreachable("there is no Git repository at " + address, e);
        } catch (NotSupportedException e) {
            throw new MgitException(MgitException.Kind.USAGE, "cannot use " + address + ": " + reason(e), null, e);
        } catch (TransportException e) {
            if (e.getCause() instanceof CorruptObjectException) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY,
                        address + " sent a damaged object: " + reason(e.getCause()),
                        "run 'git fsck' there",
                        e);
            }
            throw unreachable("cannot exchange lineage with " + address + ": " + reason(e), e);
        } catch (MgitException | UncheckedIOException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // JGit opens a repository in a folder itself, and is not prepared for damage in all of its files
            throw unreachable("cannot exchange lineage with " + address + ": " + reason(e), e);
        }
    }

    private MgitException unreachable(String what, Throwable cause) {
        if (GitErrors.isRefused(cause)) {
            // JGit hides why: it finds no lock to take away when it tidies up
            throw new UncheckedIOException(new IOException(
                    "cannot write what " + address + " sent: the disk of " + git.getDirectory()
                            + " is full or cannot be written",
                    cause));
        }
        return new MgitException(
                MgitException.Kind.REMOTE, what, "check the address with 'mgit remote -v', and your access", cause);
    }

    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage()).strip();
        return message.lines().findFirst().orElse(failure.getClass().getSimpleName());
    }

    private void closeConnection() {
        FetchConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        closeConnection();
        if (transport != null) {
            transport.close();
        }
    }
}
