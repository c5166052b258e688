package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.Commits.Target;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A checked commit on its way in: stored, judged, published, in this order and under one lock. A version that is not
 * published is unreachable, and {@code gc} finds it.
 */
public final class PendingCommit {
    /** Of downloads, editors, interpreters and desktops. */
    private static final Pattern LEFTOVER =
            Pattern.compile("(.*/)?(\\.cache/.*|__pycache__/.*|\\.DS_Store|[^/]*\\.(lock|tmp|incomplete|part))");

    private final Repository repository;
    private final Commits commits;
    private final CommitRequest request;
    private final CheckpointFiles files;
    /** Tensors that a judge wants to the bit. */
    private final Set<String> exact = new HashSet<>();

    private Target target;
    /** What the folder was checked out from, if that is all it holds. */
    private Optional<VersionId> sameAs = Optional.empty();

    private @Nullable Attempt attempt;

    PendingCommit(Repository repository, Commits commits, CommitRequest request, Target target, CheckpointFiles files) {
        this.repository = repository;
        this.commits = commits;
        this.request = request;
        this.target = target;
        this.files = files;
    }

    /** What is stored and not published yet. */
    private record Attempt(
            Optional<Lossy> lossy,
            WriterLock lock,
            StoredCheckpoint stored,
            Transaction transaction,
            VersionId version) {}

    /** Where it goes. */
    public Target target() {
        return target;
    }

    /** The provenance edges it will have. */
    public List<ProvenanceEdge> origins() {
        return commits.edges(target);
    }

    /**
     * Copies the files that will be committed.
     *
     * @throws MgitException of kind FAILED if one is no longer what was checked
     */
    public void copyTo(Path folder) throws IOException {
        for (CheckpointFiles.Entry file : files.entries()) {
            Path copy = folder.resolve(file.path());
            Files.createDirectories(copy.toAbsolutePath().getParent());
            Files.copy(file.file(), copy);
            file.requireUnchanged(FileContents.sha256(copy));
        }
        if (request.changes().isPresent()) {
            request.changes().get().copyTo(repository, folder);
        }
    }

    /**
     * Makes the blocks durable, then the version's Git objects.
     *
     * @param lossy how tensors may be replaced by others that take less room; empty to keep every bit
     */
    public void store(Optional<Lossy> lossy, WriterLock lock) throws IOException {
        target = commits.target(request); // models may have moved before there was a lock
        attempt = attempt(lossy, lock);
    }

    private Attempt attempt(Optional<Lossy> lossy, WriterLock lock) throws IOException {
        StoredCheckpoint fresh = commits.store(files, target, LossTolerance.of(lossy.map(Lossy::bound), exact), lock);
        StoredCheckpoint stored = request.changes()
                .map(changes -> changes.join(repository, fresh))
                .orElse(fresh);
        requireChange(stored);
        if (request.origins().isEmpty() && sameAs.isEmpty()) {
            sameAs = target.origins().stream()
                    .map(CommitRequest.Origin::version)
                    .filter(origin -> isSame(origin, stored))
                    .findFirst();
            target = sameAs.isPresent() ? target.withoutOrigins() : withCopies(target, stored);
        }
        Transaction transaction = repository.lineage().begin("commit " + target.model(), request.author());
        VersionId version = commits.write(target, request, stored, files.findings(), transaction);
        return new Attempt(lossy, lock, stored, transaction, version);
    }

    /** Stores again, to the bit, what the judge of a lossy commit refuses, until it accepts the version. */
    public void judge() throws IOException {
        while (true) {
            Attempt now = stored();
            Set<String> refused = now.stored()
                    .loss()
                    .map(loss -> now.lossy().orElseThrow().acceptance().refused(now.version(), loss))
                    .orElse(Set.of());
            if (refused.isEmpty()) {
                return;
            }
            if (!exact.addAll(refused)) {
                throw new IllegalStateException("--gate refused tensors that are already exact: " + refused);
            }
            attempt = attempt(now.lossy(), now.lock());
        }
    }

    /** The version that is stored and not published yet. */
    public VersionId version() {
        return stored().version();
    }

    /** Makes the version its model's newest. */
    public CommitResult publish() throws IOException {
        Attempt now = stored();
        now.transaction().setModel(target.model(), now.version());
        now.transaction().apply();
        track(request.path(), target.model(), now.version(), now.stored());
        now.stored().manifests().close();
        return result(now.version(), now.stored());
    }

    private Attempt stored() {
        return Objects.requireNonNull(attempt, "nothing is stored yet");
    }

    private void requireChange(StoredCheckpoint stored) {
        if (target.previous().isEmpty() || !request.extra().isEmpty()) {
            return;
        }
        VersionId previous = target.previous().get();
        if (isSame(previous, stored)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "nothing to commit: '" + request.path() + "' is identical to " + target.model() + " at "
                            + previous.abbreviated(),
                    stored.healedBytes() == 0
                            ? null
                            : "damaged blocks of it were found in the store and repaired from the files");
        }
    }

    /** What a damaged record of the previous version says is not known, so the new one differs from it. */
    private boolean isSame(VersionId previous, StoredCheckpoint stored) {
        try {
            Lineage lineage = repository.lineage();
            boolean knownOrigins = request.origins().stream()
                    .allMatch(origin -> lineage.version(previous).origins().stream()
                            .anyMatch(edge -> edge.parent().equals(origin.version())));
            Checkpoint before = lineage.checkpoint(previous);
            // Says nothing of the files, but must be there to be kept.
            lineage.extra(previous, Findings.RECORD).ifPresent(readable -> {});
            boolean sameFiles =
                    before.files().equals(stored.files()) && before.folders().equals(stored.folders());
            return sameFiles && knownOrigins && sameContent(previous, stored);
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            return false;
        }
    }

    /** What the folder was checked out from, and still has the weights of, was not tuned. */
    private Commits.Target withCopies(Commits.Target guessed, StoredCheckpoint stored) {
        return guessed.withOrigins(guessed.origins().stream()
                .map(origin -> SameFiles.areWeights(repository.lineage(), origin.version(), stored.manifests())
                        ? new CommitRequest.Origin(origin.version(), EdgeKind.COPY, origin.source())
                        : origin)
                .toList());
    }

    private boolean sameContent(VersionId previous, StoredCheckpoint stored) {
        Lineage lineage = repository.lineage();
        return stored.files().stream()
                .allMatch(file -> file.stored() == FileEntry.Storage.VERBATIM
                        ? Arrays.equals(
                                lineage.verbatim(previous, file.path()),
                                stored.verbatim().get(file.path()))
                        : lineage.manifest(previous, file.path())
                                .isSameFile(Objects.requireNonNull(
                                        stored.manifests().get(file.path()))));
    }

    /** From now on a committed folder inside the repository is known to hold what was committed. */
    private void track(Path path, String model, VersionId id, StoredCheckpoint stored) throws IOException {
        Path folder = path.toAbsolutePath().normalize();
        boolean users = folder.startsWith(repository.root())
                && !folder.equals(repository.root())
                && !folder.startsWith(repository.files().mgit().toAbsolutePath().normalize());
        if (!Files.isDirectory(folder) || !users) {
            return;
        }
        var paths = new TreeSet<String>();
        stored.files().forEach(file -> paths.add(file.path()));
        new CheckoutState(folder, model, id, false, paths).record(repository);
        Set<String> differing = stored.loss().stream()
                .flatMap(loss -> loss.files().stream())
                .map(LossReport.FileLoss::path)
                .collect(Collectors.toSet());
        KnownFiles known = KnownFiles.none(repository, folder, id);
        for (CheckpointFiles.Entry file : files.entries()) {
            if (file.settled() && !differing.contains(file.path())) {
                known.add(file.path(), file.stat());
            }
        }
        known.save();
    }

    private CommitResult result(VersionId id, StoredCheckpoint stored) {
        return new CommitResult(
                id,
                target.model(),
                target.previous(),
                target.origins(),
                sameAs,
                stored.files().size(),
                stored.tensors(),
                stored.files().stream().mapToLong(FileEntry::size).sum(),
                stored.newBytes(),
                stored.storedBytes(),
                stored.choosing(),
                stored.sampling(),
                files.ignored(),
                stored.files().stream()
                        .map(FileEntry::path)
                        .filter(path -> LEFTOVER.matcher(path).matches())
                        .toList(),
                files.findings(),
                stored.loss());
    }
}
