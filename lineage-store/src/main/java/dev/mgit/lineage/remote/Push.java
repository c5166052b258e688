package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.git.GitRemote.Move;
import dev.mgit.lineage.git.GitRemote.Refusal;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings models to a remote: first what their versions consist of, then all references at once, each expected to be
 * where it was seen. Notes are joined with those there before. A model that moved there meanwhile ends the push, and
 * nothing moved.
 */
public final class Push {
    /** Others may add notes faster than we join them. */
    private static final int ATTEMPTS = 5;

    private final Exchange exchange;
    private final Consumer<List<VersionId>> judge;

    public Push(Exchange exchange) {
        this(exchange, versions -> {});
    }

    /** @param judge throws if versions that are new there may not go there */
    public Push(Exchange exchange, Consumer<List<VersionId>> judge) {
        this.exchange = exchange;
        this.judge = judge;
    }

    /**
     * What to push.
     *
     * @param models globs of models; empty is all models and tags, unless something is to be deleted
     * @param deleted models to remove there
     * @param force replace models that have versions there which are not here
     * @param lineageOnly leave parameters out, though there is a store
     * @param checkStore look for the parameters of versions that are there already, too
     * @param dryRun find out what would be done only
     */
    public record Request(
            List<String> models,
            List<String> deleted,
            boolean force,
            boolean lineageOnly,
            boolean checkStore,
            boolean dryRun) {
        public Request {
            models = List.copyOf(models);
            deleted = List.copyOf(deleted);
        }
    }

    /**
     * What was pushed.
     *
     * @param moves references that moved, models and tags
     * @param versions how many versions are new there
     * @param traffic what the parameters took
     */
    public record Report(List<Move> moves, int versions, Traffic traffic) {}

    /**
     * @throws MgitException of kind CONFLICT if models have versions there that are not here, REMOTE if the remote
     *     cannot be reached or refuses
     */
    public Report run(Remote remote, Request request) throws IOException {
        remote.address().requireNoWorkingRepository();
        try (GitExchange here = exchange.repository().exchange();
                GitRemote there = here.remote(remote.address(), exchange.environment(), exchange.notice())) {
            Traffic sent = new Traffic(0, 0, 0);
            for (int attempt = 0; ; attempt++) {
                Map<String, VersionId> before = here.references();
                try {
                    Outcome outcome = attempt(here, there, remote, request);
                    sent = sent.plus(outcome.traffic());
                    if (outcome.refused().isEmpty()) {
                        return new Report(
                                outcome.plan().named(),
                                outcome.plan().versions().size(),
                                sent);
                    }
                    requireOnlyNotes(there, remote, outcome.refused(), attempt);
                } catch (MgitException e) {
                    requireChanged(here, before, e, attempt);
                }
            }
        }
    }

    private Outcome attempt(GitExchange here, GitRemote there, Remote remote, Request request) throws IOException {
        var references = new RemoteReferences(there.references());
        PushPlan plan = plan(here, there, remote, request, references);
        judge.accept(plan.versions());
        if (request.dryRun() || plan.isEmpty()) {
            return new Outcome(plan, List.of(), new Traffic(0, 0, 0));
        }
        if (!request.lineageOnly() && new UnsentState(exchange, here).note(remote, plan.versions())) {
            plan = plan(here, there, remote, request, references); // with these notes
        }
        Outcome outcome = push(there, remote, request, plan);
        if (outcome.refused().isEmpty()) {
            remember(here, remote, plan);
        }
        return outcome;
    }

    /** What was to be pushed may have been removed and cleaned up meanwhile, since nothing was locked: it is no damage then. */
    private static void requireChanged(
            GitExchange here, Map<String, VersionId> before, MgitException failure, int attempt) {
        here.refresh();
        boolean missing = failure.kind() == MgitException.Kind.INTEGRITY;
        if (!missing || attempt + 1 == ATTEMPTS || here.references().equals(before)) {
            throw failure;
        }
    }

    private record Outcome(PushPlan plan, List<Refusal> refused, Traffic traffic) {}

    /** Parameters first; what keeps them in the store is let go once references lead to them. */
    private Outcome push(GitRemote there, Remote remote, Request request, PushPlan plan) throws IOException {
        if (plan.versions().isEmpty() || request.lineageOnly()) {
            return new Outcome(plan, there.push(plan.moves()), new Traffic(0, 0, 0));
        }
        try (RemoteParameters parameters =
                RemoteParameters.open(exchange, remote).orElseThrow(() -> noStore(remote, plan))) {
            Optional<dev.mgit.lineage.remote.transfer.Push> sent = parameters.send(plan.versions());
            try {
                return new Outcome(
                        plan, plan.moves().isEmpty() ? List.of() : there.push(plan.moves()), parameters.traffic());
            } finally {
                sent.ifPresent(dev.mgit.lineage.remote.transfer.Push::close);
            }
        }
    }

    private static MgitException noStore(Remote remote, PushPlan plan) {
        return new MgitException(
                MgitException.Kind.USAGE,
                remote.name() + " has no store for the parameters of "
                        + plan.versions().size() + " versions",
                "name one: mgit remote add NAME LINEAGE-URL --store STORE-URL; or leave them out with"
                        + " --lineage-only");
    }

    private PushPlan plan(GitExchange here, GitRemote there, Remote remote, Request request, RemoteReferences theirs)
            throws IOException {
        var planner = new PushPlanner(here, remote, request, theirs);
        List<Move> named = planner.named();
        return planner.plan(named, planner.brings(named) ? notes(here, there, remote, request, theirs) : List.of());
    }

    /** Notes, after those there have been joined with those here. */
    private List<Move> notes(GitExchange here, GitRemote there, Remote remote, Request request, RemoteReferences theirs)
            throws IOException {
        Map<String, VersionId> wanted = theirs.notes();
        Map<String, VersionId> ours = new RemoteReferences(here.references()).notes();
        wanted.entrySet().removeIf(note -> {
            VersionId mine = ours.get(note.getKey());
            return mine != null && here.isAncestor(note.getValue(), mine);
        });
        if (!wanted.isEmpty() && !request.dryRun()) {
            join(here, there, remote, wanted);
        }
        List<Move> moves = new ArrayList<>();
        new RemoteReferences(here.references()).notes().forEach((namespace, id) -> {
            Optional<VersionId> now = Optional.ofNullable(theirs.notes().get(namespace));
            if (!now.equals(Optional.of(id))) {
                moves.add(new Move(RemoteReferences.NOTES + namespace, now, Optional.of(id)));
            }
        });
        return moves;
    }

    private void join(GitExchange here, GitRemote there, Remote remote, Map<String, VersionId> notes)
            throws IOException {
        WriterLock lock = exchange.locks().take("mgit push " + remote.name());
        try (lock) {
            there.fetch(notes.values());
            List<VersionId> parents = EdgeParents.bring(here, there, notes);
            ExchangeTransaction transaction = here.begin("join notes of " + remote.name(), exchange.author());
            EdgeParents.keep(transaction, remote, parents);
            notes.forEach((namespace, id) -> transaction.mergeNotes(namespace, id, exchange.merger(namespace)));
            transaction.apply();
        }
    }

    /** Goes on where others moved only notes, which can be joined once more. */
    private static void requireOnlyNotes(GitRemote there, Remote remote, List<Refusal> refused, int attempt) {
        var now = new RemoteReferences(there.references());
        List<Refusal> raced = refused.stream()
                .filter(refusal -> refusal.raced()
                        || !now.target(refusal.move().ref())
                                .equals(refusal.move().from()))
                .toList();
        if (raced.isEmpty()) {
            // The others of an atomic push say only that they fail with it, as Git's "atomic push failure".
            Refusal first = refused.stream()
                    .filter(refusal ->
                            !refusal.why().contains("atomic") && !refusal.why().contains("abort"))
                    .findFirst()
                    .orElse(refused.get(0));
            throw new MgitException(
                    MgitException.Kind.REMOTE,
                    remote.name() + " refuses '" + shown(first.move().ref()) + "': " + first.why(),
                    "ask whoever runs it for the right to push");
        }
        for (Refusal refusal : raced) {
            String ref = refusal.move().ref();
            if (!ref.startsWith(RemoteReferences.NOTES) || attempt + 1 == ATTEMPTS) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + shown(ref) + "' has moved at " + remote.name() + " meanwhile",
                        "run 'mgit pull " + remote.name() + "', then push again");
            }
        }
    }

    private static String shown(String ref) {
        return ref.replaceFirst("^refs/(heads|tags|notes|mgit)/", "");
    }

    /** Notes where the remote's models are now. Versions that were removed here while they were sent are not led to again. */
    private void remember(GitExchange here, Remote remote, PushPlan plan) throws IOException {
        WriterLock lock = exchange.locks().takeToGoOn("mgit push " + remote.name());
        try (lock) {
            ExchangeTransaction transaction = here.begin("push " + remote.name(), exchange.author());
            for (Move move : plan.named()) {
                if (move.ref().startsWith(RemoteReferences.HEADS)) {
                    String model = move.ref().substring(RemoteReferences.HEADS.length());
                    if (move.to().isEmpty()) {
                        transaction.deleteRemoteModel(remote.name(), model);
                    } else if (here.isVersion(move.to().get())) {
                        transaction.setRemoteModel(
                                remote.name(), model, move.to().get());
                    }
                }
            }
            transaction.apply();
        }
    }
}
