package dev.mgit.lineage.maintain;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.git.GitHealth;
import dev.mgit.lineage.git.GitMaintenance;
import dev.mgit.lineage.maintain.FsckReport.Damage;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.remote.PromisedVersions;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.verify.Contradictions;
import dev.mgit.lineage.verify.VerifyRules;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Checks a repository: every Git object, every manifest, every object and block of the parameter store, each block
 * decoded and hashed. Changes nothing, and goes on after what it cannot read.
 */
public final class Fsck {
    private final Repository repository;
    private final CopyProgress progress;
    private final VerifyRules rules;
    private final List<Damage> damage = new ArrayList<>();
    private ReadSubset subset = ReadSubset.ALL;
    private String part = ReadSubset.ALL.toString();

    public Fsck(Repository repository, CopyProgress progress) {
        this(repository, progress, VerifyRules.NONE);
    }

    /** @param noteReaders what notes of a namespace must look like: read one, or throw */
    public Fsck(Repository repository, CopyProgress progress, Map<String, Consumer<byte[]>> noteReaders) {
        this(repository, progress, VerifyRules.ofNotes(noteReaders));
    }

    public Fsck(Repository repository, CopyProgress progress, VerifyRules rules) {
        this.rules = rules;
        this.repository = repository;
        this.progress = progress;
    }

    /** Has only a part of the stored data read; everything else is checked as ever. */
    public Fsck reading(ReadSubset wanted) {
        subset = wanted;
        return this;
    }

    /**
     * Checks everything, unreachable blocks included: a later commit of the same bytes would trust them.
     *
     * @param lineageOnly leave the parameter store alone
     */
    public FsckReport everything(boolean lineageOnly) throws IOException {
        return check(Set.of(), lineageOnly);
    }

    /** Checks some versions and what they need. */
    public FsckReport versions(Collection<VersionId> versions, boolean lineageOnly) throws IOException {
        return check(new LinkedHashSet<>(versions), lineageOnly);
    }

    /**
     * Puts right what can be without anything being lost: the files by which objects and blocks are found, references,
     * and notes that cannot be read. What is moved can be undone, what is replaced is kept. What cannot be mended is
     * damage that the next check of this object reports.
     *
     * @param author who mends it, asked once the settings can be read
     * @return what was done, a line each
     */
    public List<String> repair(Supplier<Person> author, WriterLock lock) throws IOException {
        List<String> done = new ArrayList<>(repairFiles(lock));
        done.addAll(repairReferences(author));
        return done;
    }

    /** The first half: what objects and blocks are found by. */
    public List<String> repairFiles(WriterLock lock) throws IOException {
        List<String> done = new ArrayList<>(repository.repairLayout(lock));
        done.addAll(GitMaintenance.repairBooks(repository.files().lineage()));
        attempt(Place.STORE, "the parameter store", () -> {
            var store = new StoreRebuild(repository);
            if (store.damage().isPresent()) {
                done.addAll(store.run(lock));
            }
        });
        return done;
    }

    /** The second half, once all objects are here that can be had. The caller holds the writer lock. */
    public List<String> repairReferences(Supplier<Person> author) throws IOException {
        List<String> done = new ArrayList<>();
        attempt(Place.LINEAGE, "references and notes", () -> {
            try (GitMaintenance git = GitMaintenance.open(
                    repository.files().lineage(), repository.files().operationLog())) {
                done.addAll(git.repair(author.get(), rules.noteReaders()));
            }
        });
        return done;
    }

    private interface Repair {
        void run() throws IOException;
    }

    private void attempt(Place place, String what, Repair repair) throws IOException {
        try {
            repair.run();
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            damage.add(new Damage(place, what, "it could not be repaired: " + why(e), List.of()));
        }
    }

    private FsckReport check(Set<VersionId> only, boolean lineageOnly) throws IOException {
        if (only.isEmpty()) {
            CheckoutState.damage(repository)
                    .forEach(why -> damage.add(new Damage(Place.CHECKOUT, "a checked-out folder", why, List.of())));
        }
        progress.start("checking the lineage", 0);
        GitHealth health = lineage(only);
        progress.done();
        if (only.isEmpty()) {
            damage.addAll(LostVersions.of(repository, health));
        }
        var contents = new VersionContents(repository.lineage(), promised());
        for (VersionId version : health.versions()) {
            contents.read(version)
                    .ifPresent(why -> damage.add(new Damage(
                            Place.LINEAGE,
                            "version " + version.abbreviated(),
                            why,
                            List.of(new Touched(version, "", Optional.empty(), Optional.empty(), false)))));
        }
        long[] checked = new long[2];
        var absent = new BitSet();
        if (!lineageOnly) {
            parameters(contents, only.isEmpty(), checked, absent);
        }
        return new FsckReport(
                health.versions().size(),
                health.objects(),
                contents.objects().size(),
                checked[0],
                checked[1],
                absent.cardinality(),
                contents.touched(absent::get),
                part,
                damage);
    }

    /** Where histories are damaged, nobody knows what a remote was to have, and all that is missing counts as missing. */
    private Set<VersionId> promised() {
        try {
            return PromisedVersions.of(repository);
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            return Set.of();
        }
    }

    /** A rewritten commit is whole by itself; it only disagrees with what it says elsewhere. */
    private void contradictions(GitMaintenance git, Set<VersionId> versions) {
        var contradictions = new Contradictions(rules.checks());
        for (VersionId version : versions) {
            try {
                contradictions.in(git.stored(version)).forEach(why -> disagrees(version, why));
            } catch (RuntimeException e) {
                disagrees(version, why(e));
            }
        }
    }

    private void disagrees(VersionId version, String why) {
        damage.add(new Damage(
                Place.LINEAGE,
                "version " + version.abbreviated(),
                why,
                List.of(new Touched(version, model(version), Optional.empty(), Optional.empty(), false))));
    }

    private GitHealth lineage(Set<VersionId> only) {
        try (GitMaintenance git = GitMaintenance.open(
                repository.files().lineage(), repository.files().operationLog())) {
            GitHealth health = objects(git, only);
            contradictions(git, health.versions());
            return health;
        }
    }

    private GitHealth objects(GitMaintenance git, Set<VersionId> only) {
        GitHealth health;
        try {
            health = only.isEmpty()
                    ? git.check(checkedOut(), rules.noteReaders(), rules.differences())
                    : git.checkOnly(only, rules.differences());
            if (!health.damage().isEmpty()) {
                ResourceException.throwIfExhausted(); // JGit takes a folder it cannot list for an empty one
            }
        } catch (RuntimeException e) {
            // JGit meets a damaged file with whatever exception comes; all of them are findings here.
            health = new GitHealth(
                    0, Set.of(), List.of(new GitHealth.Damage("the lineage repository", why(e), List.of())));
        }
        for (GitHealth.Damage found : health.damage()) {
            List<Touched> touched = found.versions().stream()
                    .map(version -> new Touched(version, model(version), Optional.empty(), Optional.empty(), false))
                    .toList();
            damage.add(new Damage(Place.LINEAGE, found.what(), found.why(), touched));
        }
        return health;
    }

    /** A finding's reason, unless it is none: what the machine ran out of is thrown. */
    static String why(RuntimeException e) {
        ResourceException.throwIfBehind(e);
        if (e instanceof MgitException known) {
            return known.getMessage();
        }
        Throwable cause = e instanceof UncheckedIOException ? e.getCause() : null;
        return cause == null ? "it cannot be read" : String.valueOf(cause.getMessage());
    }

    private String model(VersionId version) {
        try {
            return repository.lineage().version(version).model();
        } catch (RuntimeException e) {
            return "";
        }
    }

    private List<VersionId> checkedOut() {
        try {
            return CheckoutState.all(repository).stream()
                    .map(CheckoutState::version)
                    .toList();
        } catch (MgitException | IOException e) {
            return List.of(); // damaged state files are findings of their own
        }
    }

    private void parameters(VersionContents contents, boolean all, long[] checked, BitSet absent) throws IOException {
        Optional<ParameterStore> opened;
        try {
            opened = repository.parametersIfAny();
        } catch (MgitException e) {
            damage.add(new Damage(Place.STORE, "the parameter store", why(e), contents.touched()));
            return;
        }
        if (opened.isEmpty()) {
            absent.set(0, contents.objects().size());
            if (contents.anyRequired()) {
                String why = "it is missing: there is no " + repository.files().parameters();
                damage.add(new Damage(Place.STORE, "the parameter store", why, contents.touched()));
            }
            return;
        }
        try (ParameterStore store = opened.get()) {
            int threads = StoreSettings.of(repository.settings()).threads();
            var check = new ParameterCheck(store, contents, threads, progress);
            check.read(subset);
            damage.addAll(check.run(all));
            part = check.subset().toString();
            checked[0] = check.blocks();
            checked[1] = check.bytes();
            absent.or(check.absent());
        }
    }
}
