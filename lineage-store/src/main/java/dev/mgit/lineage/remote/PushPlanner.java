package dev.mgit.lineage.remote;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote.Move;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds what a push has to do, from the references here and those there. */
final class PushPlanner {
    private final GitExchange here;
    private final Remote remote;
    private final Push.Request request;
    private final RemoteReferences ours;
    private final RemoteReferences theirs;

    PushPlanner(GitExchange here, Remote remote, Push.Request request, RemoteReferences theirs) {
        this.here = here;
        this.remote = remote;
        this.request = request;
        this.ours = new RemoteReferences(here.references());
        this.theirs = theirs;
    }

    /**
     * Moves of models and tags.
     *
     * @throws MgitException of kind CONFLICT if models or tags there are others, or a name would mean two things
     */
    List<Move> named() {
        List<Move> named = new ArrayList<>();
        models(named);
        tags(named);
        requireUnique(named);
        return named;
    }

    /** Whether there is anything beside models to be removed. */
    boolean brings(List<Move> named) {
        return request.deleted().isEmpty()
                || named.stream().anyMatch(move -> move.to().isPresent());
    }

    /** @param notes moves of notes, which have been joined with those there */
    PushPlan plan(List<Move> named, List<Move> notes) {
        List<Move> shared = new ArrayList<>();
        List<VersionId> versions = new ArrayList<>();
        if (brings(named)) {
            List<VersionId> added = addedParents(named);
            added.forEach(
                    id -> shared.add(new Move(RemoteReferences.EDGES + id.hex(), Optional.empty(), Optional.of(id))));
            shared.addAll(notes);
            registry().ifPresent(shared::add);
            store().ifPresent(shared::add);
            List<VersionId> all = new ArrayList<>(added);
            named.forEach(move -> move.to().ifPresent(all::add));
            if (request.checkStore()) {
                all.addAll(chosen().values());
            }
            here.between(all, request.checkStore() ? List.of() : theirs.all().values()).stream()
                    .filter(here::isVersion)
                    .forEach(versions::add);
        }
        return new PushPlan(shared, named, versions);
    }

    private void models(List<Move> moves) {
        List<String> behind = new ArrayList<>();
        Map<String, VersionId> seen = here.remoteModels(remote.name());
        Map<String, VersionId> theirModels = theirs.models();
        chosen().forEach((model, head) -> {
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

    private Map<String, VersionId> chosen() {
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
    private void tags(List<Move> moves) {
        Map<String, VersionId> models = chosen();
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
    private void requireUnique(List<Move> named) {
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

    private Optional<Move> registry() {
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

    private Optional<Move> store() {
        if (remote.store().isEmpty() || theirs.store().isPresent()) {
            return Optional.empty();
        }
        VersionId record = StoreRecord.write(here, remote.store().get());
        return Optional.of(new Move(RemoteReferences.STORE, Optional.empty(), Optional.of(record)));
    }

    /** Parents of edges that were added later, which Git's own walk from the models does not find. */
    private List<VersionId> addedParents(List<Move> named) {
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
}
