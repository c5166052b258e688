package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.NeededObjects;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.ObjectLengths;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Brings what a remote has: its models as {@code REMOTE/MODEL}, its tags, notes and registry, and then the parameters.
 * Models here stay where they are. Killed in between, the next fetch goes on.
 */
public final class Fetch {
    private static final Arrived NOTHING = new Arrived(new Traffic(0, 0, 0), Set.of());

    /** Versions named where many lack parameters. */
    private static final int SHOWN = 5;

    private final Exchange exchange;

    public Fetch(Exchange exchange) {
        this.exchange = exchange;
    }

    /**
     * A model that is elsewhere than at the last fetch.
     *
     * @param before empty if it is new
     * @param after empty if it is gone
     */
    public record Change(String model, Optional<VersionId> before, Optional<VersionId> after) {}

    /**
     * What was fetched.
     *
     * @param tags new ones
     */
    public record Report(List<Change> models, List<String> tags, Arrived parameters) {
        public Traffic traffic() {
            return parameters.traffic();
        }
    }

    /**
     * The parameters that came.
     *
     * @param traffic what they took
     * @param lacking versions of which some are neither here nor there, as after a plain {@code git push}
     */
    record Arrived(Traffic traffic, Set<VersionId> lacking) {}

    /**
     * @param prune forget models that are gone there
     * @throws MgitException of kind REMOTE if the remote cannot be reached
     */
    public Report run(Remote remote, boolean prune) throws IOException {
        Repository repository = exchange.repository();
        try (GitExchange here = repository.exchange();
                GitRemote there = here.remote(remote.address(), exchange.environment(), exchange.notice())) {
            List<Change> models;
            Map<String, VersionId> tags;
            Remote known = remote;
            WriterLock lock = exchange.locks().take("mgit fetch " + remote.name());
            try (lock) {
                var references = new RemoteReferences(there.references());
                there.fetch(references.tips());
                List<VersionId> parents = EdgeParents.bring(here, there, references.notes());
                models = changes(here, remote, references, prune);
                tags = newTags(here, references);
                record(here, remote, references, models, tags, parents);
                new UnsentState(exchange, here).take(remote);
                known = withStore(here, remote, references);
            }
            return new Report(models, List.copyOf(tags.keySet()), bring(here, known));
        }
    }

    /** Brings the parameters of some versions here, whatever the remote's filter says; of no others. */
    public Traffic parameters(Remote remote, Collection<VersionId> versions) throws IOException {
        try (RemoteParameters parameters = RemoteParameters.open(exchange, remote)
                .orElseThrow(() -> MgitException.usage(remote.name() + " has no store"))) {
            return parameters.bring(NeededObjects.of(exchange.repository().lineage(), versions));
        }
    }

    private List<Change> changes(GitExchange here, Remote remote, RemoteReferences references, boolean prune) {
        Map<String, VersionId> before = here.remoteModels(remote.name());
        Map<String, VersionId> now = references.models();
        List<Change> changes = new ArrayList<>();
        now.forEach((model, id) -> {
            Optional<VersionId> was = Optional.ofNullable(before.get(model));
            if (!here.isVersion(id)) {
                exchange.notice().accept("branch '" + model + "' of " + remote.name() + " is no model; passed over");
            } else if (!was.equals(Optional.of(id))) {
                changes.add(new Change(model, was, Optional.of(id)));
            }
        });
        if (prune) {
            before.forEach((model, was) -> {
                if (!now.containsKey(model)) {
                    changes.add(new Change(model, Optional.of(was), Optional.empty()));
                }
            });
        }
        return changes;
    }

    /** Tags that are not here. One that is here for another version stays, as does what else has its name. */
    private Map<String, VersionId> newTags(GitExchange here, RemoteReferences references) {
        var ours = new RemoteReferences(here.references());
        Map<String, VersionId> ourModels = ours.models();
        Map<String, VersionId> theirModels = references.models();
        Map<String, VersionId> ourTags = ours.tags();
        var tags = new TreeMap<String, VersionId>();
        references.tags().forEach((tag, id) -> {
            VersionId mine = ourTags.get(tag);
            if (mine != null && !mine.equals(id)) {
                exchange.notice()
                        .accept("tag '" + tag + "' is " + id.abbreviated() + " there and " + mine.abbreviated()
                                + " here; kept yours");
            } else if (mine == null && ourModels.containsKey(tag)) {
                exchange.notice().accept("tag '" + tag + "' has the name of a model here; passed over");
            } else if (mine == null && theirModels.containsKey(tag)) {
                exchange.notice().accept("tag '" + tag + "' has the name of a model there; passed over");
            } else if (mine == null && here.isVersion(id)) {
                here.meaning(tag)
                        .ifPresentOrElse(
                                meaning -> exchange.notice()
                                        .accept("tag '" + tag + "' is spelled as " + meaning + "; passed over"),
                                () -> tags.put(tag, id));
            }
        });
        return tags;
    }

    private void record(
            GitExchange here,
            Remote remote,
            RemoteReferences references,
            List<Change> models,
            Map<String, VersionId> tags,
            List<VersionId> parents) {
        ExchangeTransaction transaction = here.begin("fetch " + remote.name(), exchange.author());
        for (Change change : models) {
            change.after()
                    .ifPresentOrElse(
                            head -> transaction.setRemoteModel(remote.name(), change.model(), head),
                            () -> transaction.deleteRemoteModel(remote.name(), change.model()));
        }
        tags.keySet()
                .forEach(tag -> transaction.setTag(
                        tag, references.target(RemoteReferences.TAGS + tag).orElseThrow()));
        references.tags().forEach((tag, id) -> {
            if (here.isVersion(id)) {
                transaction.setPrivateRef(prefix(remote) + "tags/" + tag, id);
            }
        });
        EdgeParents.keep(
                transaction,
                remote,
                references.edges().values().stream().filter(here::isVersion).toList());
        EdgeParents.keep(transaction, remote, parents);
        references
                .notes()
                .forEach((namespace, id) -> transaction.mergeNotes(namespace, id, exchange.merger(namespace)));
        references.registry().ifPresent(id -> transaction.setPrivateRef(registry(remote), id));
        transaction.apply();
    }

    /** Where the registry of a remote is known here, without {@code refs/mgit/}. */
    static String registry(Remote remote) {
        return prefix(remote) + "registry";
    }

    static String prefix(Remote remote) {
        return "remotes/" + remote.name() + "/";
    }

    /** Every version that a remote is known to lead to: heads of models, tags, and parents of edges added later. */
    static List<VersionId> known(GitExchange here, Remote remote) {
        List<VersionId> known = new ArrayList<>(here.remoteModels(remote.name()).values());
        for (String kind : List.of("tags/", "edges/")) {
            known.addAll(here.lineage().privateRefs(prefix(remote) + kind).values());
        }
        return known;
    }

    /**
     * Versions that it was known to lead to once, and that an undo may bring back, or was about to when a fetch was stopped:
     * their parameters may never have come.
     */
    static List<VersionId> formerlyKnown(GitExchange here, Remote remote) {
        List<String> prefixes = List.of("refs/remotes/" + remote.name() + "/", "refs/mgit/" + prefix(remote));
        Set<VersionId> ids = new LinkedHashSet<>();
        for (Operation operation : here.lineage().operations(Integer.MAX_VALUE)) {
            for (Operation.RefChange change : operation.changes()) {
                if (prefixes.stream().anyMatch(change.ref()::startsWith)) {
                    change.before().map(VersionId::new).ifPresent(ids::add);
                    change.after().map(VersionId::new).ifPresent(ids::add);
                }
            }
        }
        prefixes.forEach(prefix -> ids.addAll(here.logged(prefix)));
        return ids.stream().filter(here::isVersion).toList();
    }

    private Remote withStore(GitExchange here, Remote remote, RemoteReferences references) {
        if (remote.store().isPresent() || references.store().isEmpty()) {
            return remote;
        }
        Optional<String> said = StoreRecord.read(here, references.store().get());
        said.ifPresent(store -> {
            exchange.notice().accept("parameters of " + remote.name() + " are in " + store);
            new Remotes(
                            exchange.repository().ownSettings(),
                            exchange.repository().root())
                    .setStore(remote.name(), store);
        });
        return said.map(remote::withStore).orElse(remote);
    }

    /** Brings the parameters of all that is known of a remote, and of what came before that. */
    private Arrived bring(GitExchange here, Remote remote) throws IOException {
        List<VersionId> whole = new ArrayList<>();
        if (!remote.isPartial()) {
            whole.addAll(new RemoteReferences(here.references()).models().values());
        }
        List<VersionId> versions = here.between(known(here, remote), whole).stream()
                .filter(here::isVersion)
                .filter(id -> remote.brings(here.lineage().version(id).model()))
                .toList();
        if (versions.isEmpty()) {
            return NOTHING;
        }
        Optional<RemoteParameters> opened = RemoteParameters.open(exchange, remote);
        if (opened.isEmpty()) {
            exchange.notice().accept(remote.name() + " has no store; parameters stay where they are");
            return NOTHING;
        }
        try (RemoteParameters parameters = opened.get()) {
            return bring(here, remote, parameters, versions);
        }
    }

    /** Brings all there is. The store is asked what it lacks if it lacks something. */
    private Arrived bring(GitExchange here, Remote remote, RemoteParameters parameters, List<VersionId> versions)
            throws IOException {
        Map<ObjectId, Long> objects = NeededObjects.of(here.lineage(), versions);
        try {
            return new Arrived(parameters.bring(objects), Set.of());
        } catch (MgitException e) {
            Set<ObjectId> nowhere =
                    e.kind() == MgitException.Kind.REMOTE ? parameters.nowhere(objects) : Set.<ObjectId>of();
            if (nowhere.isEmpty()) {
                throw e;
            }
            return new Arrived(
                    parameters.bring(ObjectLengths.where(objects, id -> !nowhere.contains(id))),
                    lacking(here, remote, versions, nowhere));
        }
    }

    private Set<VersionId> lacking(GitExchange here, Remote remote, List<VersionId> versions, Set<ObjectId> nowhere) {
        Set<VersionId> lacking = new LinkedHashSet<>();
        for (VersionId version : versions) {
            Set<ObjectId> needed =
                    NeededObjects.of(here.lineage(), List.of(version)).keySet();
            if (!Collections.disjoint(needed, nowhere)) {
                lacking.add(version);
            }
        }
        lacking.stream()
                .limit(SHOWN)
                .forEach(version -> exchange.notice()
                        .accept("the store of " + remote.name() + " lacks parameters of "
                                + here.lineage().version(version).model() + "@" + version.abbreviated()));
        exchange.notice()
                .accept((lacking.size() > SHOWN ? "and of " + (lacking.size() - SHOWN) + " more versions; " : "")
                        + "'mgit push --check-store' brings them there, from where they are");
        return lacking;
    }
}
