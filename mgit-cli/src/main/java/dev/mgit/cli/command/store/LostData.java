package dev.mgit.cli.command.store;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.checkpoint.SourceFolders;
import dev.mgit.lineage.maintain.FsckReport;
import dev.mgit.lineage.maintain.FsckReport.Damage;
import dev.mgit.lineage.maintain.FsckReport.Place;
import dev.mgit.lineage.maintain.FsckReport.Touched;
import dev.mgit.lineage.remote.LineageHealing;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Brings back what a repair cannot make up: from remotes, from checked-out folders, and from folders the user names. */
final class LostData {
    private final Context context;
    private final Session session;
    private final WaitOption wait;

    LostData(Context context, Session session, WaitOption wait) {
        this.context = context;
        this.session = session;
        this.wait = wait;
    }

    /**
     * Git objects, from every remote in turn. The caller holds the writer lock.
     *
     * @return what was done, a line each
     */
    List<String> gitObjects(FsckReport report) throws IOException {
        List<String> done = new ArrayList<>();
        for (Remote remote : report.lostGitObjects().isEmpty() ? List.<Remote>of() : remotes()) {
            attempt(remote, () -> {
                int taken = LineageHealing.run(Exchanges.of(context, session, wait), remote, report.lostGitObjects());
                if (taken > 0) {
                    done.add(taken + " Git objects, from " + remote.name());
                }
            });
        }
        return done;
    }

    /** Tensors and files, from the stores of remotes. */
    List<String> fromStores(FsckReport report) throws IOException {
        List<String> done = new ArrayList<>();
        for (Remote remote : isOfParameters(report) ? remotes() : List.<Remote>of()) {
            if (remote.store().isPresent()) {
                attempt(remote, () -> done.addAll(new StoreRepair(context, session, wait).run(remote.name(), report)));
            }
        }
        return done;
    }

    /** Files, from folders that have them still, those that are checked out first. */
    List<String> fromFolders(FsckReport report, List<Path> named) throws IOException {
        Set<String> digests = digests(report);
        Set<String> blobs = new HashSet<>(report.lostGitObjects());
        List<String> done = new ArrayList<>();
        if (digests.isEmpty() && blobs.isEmpty()) {
            return done;
        }
        var sources = new SourceFolders(session.repository(), session.progress());
        WriterLock lock = wait.lock(context, session.repository(), "mgit fsck --repair");
        try (lock) {
            for (Path folder : folders(named)) {
                sources.heal(folder, digests, blobs, lock)
                        .forEach(file -> done.add("stored " + session.shown(file) + " again"));
            }
        }
        return done;
    }

    private static boolean isOfParameters(FsckReport report) {
        return report.damage().stream()
                .anyMatch(damage -> damage.place() == Place.STORE
                        || damage.place() == Place.OBJECT
                        || damage.place() == Place.BLOCK);
    }

    /** Of the files that damage reaches. */
    private Set<String> digests(FsckReport report) {
        Set<String> digests = new HashSet<>();
        for (Damage damage : report.damage()) {
            for (Touched touched : damage.place() == Place.LINEAGE ? List.<Touched>of() : damage.touched()) {
                touched.file().flatMap(file -> digest(touched, file)).ifPresent(digests::add);
            }
        }
        return digests;
    }

    private Optional<String> digest(Touched touched, String file) {
        try {
            return Optional.of(session.repository()
                    .lineage()
                    .manifest(touched.version(), file)
                    .sha256());
        } catch (MgitException e) {
            return Optional.empty(); // named by the check
        }
    }

    private Set<Path> folders(List<Path> named) throws IOException {
        Set<Path> folders = new LinkedHashSet<>();
        try {
            CheckoutState.all(session.repository()).forEach(state -> folders.add(state.folder()));
        } catch (MgitException e) {
            // named by the check
        }
        folders.addAll(named);
        return folders;
    }

    private List<Remote> remotes() {
        return Exchanges.remotes(session).list();
    }

    private interface Attempt {
        void run() throws IOException;
    }

    /** One remote that cannot be asked keeps nobody from the others. */
    private void attempt(Remote remote, Attempt attempt) throws IOException {
        try {
            attempt.run();
        } catch (MgitException e) {
            if (e.kind() != MgitException.Kind.REMOTE && e.kind() != MgitException.Kind.INTEGRITY) {
                throw e;
            }
            context.output().warning("nothing taken from " + remote.name() + ": " + e.getMessage());
        }
    }
}
