package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.git.GitRemote.Move;
import dev.mgit.lineage.git.GitRemote.Refusal;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
                var references = new RemoteReferences(there.references());
                Plan plan = plan(here, there, remote, request, references);
                judge.accept(plan.versions());
                if (request.dryRun() || plan.isEmpty()) {
                    return new Report(plan.shown(), plan.versions().size(), sent);
                }
                if (!request.lineageOnly() && new UnsentState(exchange, here).note(remote, plan.versions())) {
                    plan = plan(here, there, remote, request, references); // with these notes
                }
                Outcome outcome = push(there, remote, request, plan);
                sent = sent.plus(outcome.traffic());
                if (outcome.refused().isEmpty()) {
                    remember(here, remote, plan);
                    return new Report(plan.shown(), plan.versions().size(), sent);
                }
                requireOnlyNotes(there, remote, outcome.refused(), attempt);
            }
        }
    }

    private record Outcome(List<Refusal> refused, Traffic traffic) {}

    /** Parameters first; what keeps them in the store is let go once references lead to them. */
    private Outcome push(GitRemote there, Remote remote, Request request, Plan plan) throws IOException {
        if (plan.versions().isEmpty() || request.lineageOnly()) {
            return new Outcome(there.push(plan.moves()), new Traffic(0, 0, 0));
        }
        try (RemoteParameters parameters =
                RemoteParameters.open(exchange, remote).orElseThrow(() -> noStore(remote, plan))) {
            Optional<dev.mgit.lineage.remote.transfer.Push> sent = parameters.send(plan.versions());
            try {
                return new Outcome(plan.moves().isEmpty() ? List.of() : there.push(plan.moves()), parameters.traffic());
            } finally {
                sent.ifPresent(dev.mgit.lineage.remote.transfer.Push::close);
            }
        }
    }

    private static MgitException noStore(Remote remote, Plan plan) {
        return new MgitException(
                MgitException.Kind.USAGE,
                remote.name() + " has no store for the parameters of "
                        + plan.versions().size() + " versions",
                "name one: mgit remote add NAME LINEAGE-URL --store STORE-URL; or leave them out with"
                        + " --lineage-only");
    }

    /**
     * What is to be done.
     *
     * @param shared references that belong to no model: notes, registry and the like
     * @param named models and tags
     * @param versions those that are new there
     */
    private record Plan(List<Move> shared, List<Move> named, List<VersionId> versions) {
        boolean isEmpty() {
            return shared.isEmpty() && named.isEmpty() && versions.isEmpty();
        }

        List<Move> shown() {
            return named;
        }

        /** Models last: where a server moves one by one, what belongs to a version is there before it. */
        List<Move> moves() {
            List<Move> all = new ArrayList<>(shared);
            all.addAll(named);
            return all;
        }
    }

    private Plan plan(GitExchange here, GitRemote there, Remote remote, Request request, RemoteReferences theirs)
            throws IOException {
        var ours = new RemoteReferences(here.references());
        List<Move> named = new ArrayList<>();
        models(here, remote, request, ours, theirs, named);
        tags(here, request, ours, theirs, named);
        requireUnique(remote, named, theirs);
        List<VersionId> tips =
                named.stream().flatMap(move -> move.to().stream()).toList();
        List<Move> shared = new ArrayList<>();
        List<VersionId> versions = new ArrayList<>();
        if (request.deleted().isEmpty() || !tips.isEmpty()) {
            shared.addAll(notes(here, there, remote, request, theirs));
            registry(here, remote, ours, theirs).ifPresent(shared::add);
            store(here, remote, theirs).ifPresent(shared::add);
            List<VersionId> added = addedParents(here, ours, named, theirs);
            added.forEach(id ->
                    shared.add(0, new Move(RemoteReferences.EDGES + id.hex(), Optional.empty(), Optional.of(id))));
            List<VersionId> all = new ArrayList<>(tips);
            all.addAll(added);
            if (request.checkStore()) {
                all.addAll(chosen(request, ours).values());
            }
            here.between(all, request.checkStore() ? List.of() : theirs.all().values()).stream()
                    .filter(here::isVersion)
                    .forEach(versions::add);
        }
        return new Plan(shared, named, versions);
    }

    private static void models(
            GitExchange here,
            Remote remote,
            Request request,
            RemoteReferences ours,
            RemoteReferences theirs,
            List<Move> moves) {
        List<String> behind = new ArrayList<>();
        Map<String, VersionId> seen = here.remoteModels(remote.name());
        Map<String, VersionId> theirModels = theirs.models();
        chosen(request, ours).forEach((model, head) -> {
            Optional<VersionId> there = Optional.ofNullable(theirModels.get(model));
            if (!there.equals(Optional.of(head))) {
                boolean forward = there.isEmpty() || here.isAncestor(there.get(), head);
                boolean nothingNew = there.isPresent()
                        && (here.isAncestor(head, there.get())
                                || seen.containsKey(model) && here.isAncestor(head, seen.get(model)));
                if (!forward && nothingNew && !request.force()) {
                    return;
                }
                if (!forward && !request.force()) {
                    behind.add(model);
                }
                moves.add(new Move(RemoteReferences.HEADS + model, there, Optional.of(head)));
            }
        });
        if (!behind.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    remote.name() + " has versions of " + String.join(", ", behind) + " that are not here",
                    "run 'mgit pull " + remote.name() + "' first");
        }
        for (String model : request.deleted()) {
            VersionId there = theirModels.get(model);
            if (there == null) {
                throw MgitException.usage(remote.name() + " has no model '" + model + "'");
            }
            moves.add(new Move(RemoteReferences.HEADS + model, Optional.of(there), Optional.empty()));
        }
    }

    private static Map<String, VersionId> chosen(Request request, RemoteReferences ours) {
        Map<String, VersionId> models = ours.models();
        for (String glob : request.models()) {
            if (models.keySet().stream().noneMatch(new Glob(glob))) {
                throw new MgitException(
                        MgitException.Kind.USAGE, "no model matches '" + glob + "'", "'mgit branch' lists them");
            }
        }
        boolean all = request.models().isEmpty() && request.deleted().isEmpty();
        models.keySet().removeIf(model -> !all && !Glob.any(request.models(), model));
        return models;
    }

    /** Tags of what is pushed; of everything, where everything is. */
    private static void tags(
            GitExchange here, Request request, RemoteReferences ours, RemoteReferences theirs, List<Move> moves) {
        Map<String, VersionId> models = chosen(request, ours);
        Map<String, VersionId> theirTags = theirs.tags();
        ours.tags().forEach((tag, id) -> {
            Optional<VersionId> there = Optional.ofNullable(theirTags.get(tag));
            boolean same = there.equals(Optional.of(id))
                    && (!ours.isTagObject(tag)
                            || ours.target(RemoteReferences.TAGS + tag)
                                    .equals(theirs.target(RemoteReferences.TAGS + tag)));
            boolean adds = there.equals(Optional.of(id)) && !theirs.isTagObject(tag);
            boolean wanted = request.models().isEmpty()
                    ? request.deleted().isEmpty()
                    : models.values().stream().anyMatch(head -> here.isAncestor(id, head));
            if (wanted && !same) {
                if (there.isPresent() && !adds && !request.force()) {
                    throw new MgitException(
                            MgitException.Kind.CONFLICT,
                            "tag '" + tag + "' is " + there.get().abbreviated() + " there and " + id.abbreviated()
                                    + " here",
                            "replace it there with --force, or take theirs: mgit tag -d " + tag + ", mgit fetch");
                }
                moves.add(new Move(
                        RemoteReferences.TAGS + tag,
                        theirs.target(RemoteReferences.TAGS + tag),
                        ours.target(RemoteReferences.TAGS + tag)));
            }
        });
    }

    /** A name means one thing there, too: Git would let a tag win over a model of its name. */
    private static void requireUnique(Remote remote, List<Move> named, RemoteReferences theirs) {
        Set<String> gone = named.stream()
                .filter(move -> move.to().isEmpty())
                .map(Move::ref)
                .collect(Collectors.toSet());
        for (Move move : named) {
            boolean model = move.ref().startsWith(RemoteReferences.HEADS);
            String name = move.ref().substring((model ? RemoteReferences.HEADS : RemoteReferences.TAGS).length());
            String other = (model ? RemoteReferences.TAGS : RemoteReferences.HEADS) + name;
            boolean added = move.from().isEmpty() && move.to().isPresent();
            if (added && theirs.get(other).isPresent() && !gone.contains(other)) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        remote.name() + " has a " + (model ? "tag" : "model") + " '" + name + "'; a "
                                + (model ? "model" : "tag") + " of that name would make the name ambiguous",
                        model
                                ? "rename the model with 'mgit mv " + name + " NEW'"
                                : "remove the tag with 'mgit tag -d " + name + "'");
            }
        }
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

    private static Optional<Move> registry(
            GitExchange here, Remote remote, RemoteReferences ours, RemoteReferences theirs) {
        if (ours.registry().isEmpty() || ours.registry().equals(theirs.registry())) {
            return Optional.empty();
        }
        VersionId mine = ours.registry().get();
        if (theirs.registry().isPresent() && !here.isAncestor(theirs.registry().get(), mine)) {
            if (here.isAncestor(mine, theirs.registry().get())) {
                return Optional.empty();
            }
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    remote.name() + " has registered hooks, tests or recipes that are not here",
                    "run 'mgit pull " + remote.name() + "' first");
        }
        return Optional.of(new Move(RemoteReferences.REGISTRY, theirs.registry(), Optional.of(mine)));
    }

    private static Optional<Move> store(GitExchange here, Remote remote, RemoteReferences theirs) {
        if (remote.store().isEmpty() || theirs.store().isPresent()) {
            return Optional.empty();
        }
        VersionId record = StoreRecord.write(here, remote.store().get());
        return Optional.of(new Move(RemoteReferences.STORE, Optional.empty(), Optional.of(record)));
    }

    /** Parents of edges that were added later, which Git's own walk from the models does not find. */
    private static List<VersionId> addedParents(
            GitExchange here, RemoteReferences ours, List<Move> named, RemoteReferences theirs) {
        Set<VersionId> parents = ours.notes().containsKey(EdgeNotes.NAMESPACE)
                ? EdgeParents.of(here.lineage().notes(EdgeNotes.NAMESPACE).values())
                : new LinkedHashSet<>();
        // What leads to them when the push is done: a reference that moves lets go of what it led to.
        Map<String, VersionId> after = new TreeMap<>(theirs.all());
        named.forEach(move -> after.remove(move.ref()));
        List<VersionId> known = new ArrayList<>(after.values());
        named.forEach(move -> move.to().ifPresent(known::add));
        parents.removeIf(
                parent -> !here.isVersion(parent) || known.stream().anyMatch(tip -> here.isAncestor(parent, tip)));
        return List.copyOf(parents);
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
    private void remember(GitExchange here, Remote remote, Plan plan) throws IOException {
        WriterLock lock = exchange.locks().take("mgit push " + remote.name());
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
