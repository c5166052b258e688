package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.git.GitRemote.Move;
import dev.mgit.lineage.git.GitRemote.Refusal;
import dev.mgit.lineage.remote.transfer.Push;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Work that machines hand each other by way of a remote. Each run has one reference there, {@code refs/mgit/runs/RUN},
 * that leads to a parcel: first to what is to be done, then to what came of it. A parcel is a commit of plain files
 * whose parents are the versions it is about, so that whoever fetches it has their lineage, and no clean-up of the
 * store removes what they consist of. No reference of models, tags or notes is moved.
 */
public final class RunExchange implements AutoCloseable {
    private static final String RUNS = "refs/mgit/runs/";
    private static final Pattern RUN = Pattern.compile("[0-9a-f]{8}/[0-9]{1,6}");

    /** Somebody else may replace the parcel at the same moment. */
    private static final int ATTEMPTS = 3;

    private final Exchange exchange;
    private final Remote remote;
    private final GitExchange here;
    private final GitRemote there;

    private RunExchange(Exchange exchange, Remote remote) {
        this.exchange = exchange;
        this.remote = remote;
        this.here = exchange.repository().exchange();
        this.there = here.remote(remote.address(), exchange.environment(), exchange.notice());
    }

    /** @throws MgitException of kind USAGE if the remote is a repository that somebody works in */
    public static RunExchange open(Exchange exchange, Remote remote) {
        remote.address().requireNoWorkingRepository();
        return new RunExchange(exchange, remote);
    }

    /**
     * The name of a run's reference there.
     *
     * @param run 8 hexadecimal digits, a slash, a number
     */
    public static String reference(String run) {
        if (!RUN.matcher(run).matches()) {
            throw MgitException.usage("'" + run + "' is not the name of a run");
        }
        return RUNS + run;
    }

    /** The parcel of a run, which may be one that is not here yet; empty if there is no such run. */
    public Optional<VersionId> now(String run) {
        return Optional.ofNullable(there.references().get(reference(run)));
    }

    /**
     * Puts a parcel where a run's reference leads, whatever it led to before.
     *
     * @param files by name, without folders
     * @param versions here; what they consist of is sent as far as the store lacks it
     */
    public VersionId offer(String run, Map<String, Path> files, List<VersionId> versions) throws IOException {
        VersionId parcel = here.parcels().write(files, versions, "run " + run);
        try (Sending sent = send(versions)) {
            for (int attempt = 1; ; attempt++) {
                Optional<Refusal> refused = move(run, now(run), Optional.of(parcel));
                if (refused.isEmpty()) {
                    return parcel;
                }
                if (!refused.get().raced() || attempt == ATTEMPTS) {
                    throw refused(run, refused.get());
                }
            }
        }
    }

    /**
     * The same in place of one parcel and no other.
     *
     * @return false if the run has another by now, or is no more; nothing was changed
     */
    public boolean answer(String run, VersionId replaced, Map<String, Path> files, List<VersionId> versions)
            throws IOException {
        VersionId parcel = here.parcels().write(files, versions, "result of run " + run);
        try (Sending sent = send(versions)) {
            Optional<Refusal> refused = move(run, Optional.of(replaced), Optional.of(parcel));
            if (refused.isPresent() && !refused.get().raced() && now(run).equals(Optional.of(replaced))) {
                throw refused(run, refused.get());
            }
            return refused.isEmpty();
        }
    }

    private Optional<Refusal> move(String run, Optional<VersionId> from, Optional<VersionId> to) {
        return there.push(List.of(new Move(reference(run), from, to))).stream().findFirst();
    }

    private MgitException refused(String run, Refusal refusal) {
        return new MgitException(
                MgitException.Kind.REMOTE,
                remote.name() + " refuses '" + reference(run) + "': " + refusal.why(),
                "ask whoever runs it for the right to push to " + RUNS + "*");
    }

    /** What keeps the store from being cleaned up until the reference has moved. */
    private record Sending(Optional<RemoteParameters> parameters, Optional<Push> push) implements AutoCloseable {
        @Override
        public void close() {
            push.ifPresent(Push::close);
            parameters.ifPresent(RemoteParameters::close);
        }
    }

    /** Sends what the store lacks; the rest need not be here either. */
    private Sending send(List<VersionId> versions) throws IOException {
        if (NeededObjects.of(here.lineage(), versions).isEmpty()) {
            return new Sending(Optional.empty(), Optional.empty());
        }
        RemoteParameters parameters = parameters();
        boolean ready = false;
        try {
            var sending = new Sending(Optional.of(parameters), parameters.sendMissing(versions));
            ready = true;
            return sending;
        } finally {
            if (!ready) {
                parameters.close();
            }
        }
    }

    /**
     * Brings a parcel and the lineage of its versions here. Until something leads to it, only the writer lock keeps it.
     *
     * @param parcel as {@link #now} said
     */
    public void fetch(VersionId parcel) {
        there.fetch(List.of(parcel));
    }

    /** Whether a commit of a parcel's is a version. */
    public boolean isVersion(VersionId id) {
        return here.isVersion(id);
    }

    /** The versions a parcel is about. */
    public List<VersionId> versions(VersionId parcel) {
        return here.parents(parcel);
    }

    /**
     * Writes one of a parcel's files into a file that is new.
     *
     * @param most bytes it may have
     * @return false if the parcel has none of that name
     * @throws MgitException of kind INTEGRITY if it is larger
     */
    public boolean extract(VersionId parcel, String name, long most, Path target) {
        return here.parcels().extract(parcel, name, most, target);
    }

    /** Brings what some versions consist of, as far as it is not here. */
    public void bring(Collection<VersionId> versions) throws IOException {
        Map<ObjectId, Long> objects = NeededObjects.of(here.lineage(), versions);
        if (!objects.isEmpty()) {
            try (RemoteParameters parameters = parameters()) {
                parameters.bring(objects);
            }
        }
    }

    private RemoteParameters parameters() {
        return RemoteParameters.open(exchange, remote)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "remote '" + remote.name() + "' has no store, by which parameters could get to other machines",
                        "name one: mgit remote add NAME LINEAGE-URL --store STORE-URL"));
    }

    /** Removes the references of runs; those that are gone do not matter. */
    public void withdraw(Set<String> runs) {
        Map<String, VersionId> now = there.references();
        List<Move> moves = new ArrayList<>();
        for (String run : runs) {
            Optional.ofNullable(now.get(reference(run)))
                    .ifPresent(parcel -> moves.add(new Move(reference(run), Optional.of(parcel), Optional.empty())));
        }
        if (!moves.isEmpty()) {
            there.push(moves).stream().findFirst().ifPresent(refusal -> {
                throw new MgitException(
                        MgitException.Kind.REMOTE,
                        remote.name() + " keeps '" + refusal.move().ref() + "': " + refusal.why(),
                        "remove it there: git push " + remote.address() + " --delete "
                                + refusal.move().ref());
            });
        }
    }

    @Override
    public void close() {
        try (here) {
            there.close();
        }
    }
}
