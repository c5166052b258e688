package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A lineage that lives in memory and keeps the whole contract. */
public final class InMemoryLineage implements Lineage {
    private static final Pattern REVISION = Pattern.compile("(.+?)(?:@\\{(\\d{1,9})})?(?:~(\\d{0,9}))?");
    private static final int SHORTEST_ABBREVIATION = 4;

    final NavigableMap<VersionId, NewVersion> objects = new ConcurrentSkipListMap<>();
    private volatile InMemoryState state = InMemoryState.EMPTY;

    /** What was before each operation that is not undone, newest first. */
    private final Deque<InMemoryState> before = new ArrayDeque<>();

    InMemoryState state() {
        return state;
    }

    synchronized void replace(UnaryOperator<InMemoryState> change) {
        InMemoryState next = change.apply(state);
        before.push(state);
        state = next;
    }

    @Override
    public VersionId resolve(String revision) {
        Matcher parts = REVISION.matcher(revision);
        Optional<VersionId> start = parts.matches() ? named(parts.group(1), parts.group(2)) : Optional.empty();
        if (start.isEmpty()) {
            List<String> names = Stream.concat(
                            models().stream().map(Model::name), tags().stream().map(Tag::name))
                    .toList();
            String hint = DidYouMean.hint(revision, names, "list the models with: mgit branch");
            throw new MgitException(MgitException.Kind.USAGE, "there is no version '" + revision + "'", hint);
        }
        return back(start.get(), generations(parts.group(3)), revision);
    }

    private static int generations(@Nullable String digits) {
        return digits == null ? 0 : digits.isEmpty() ? 1 : Integer.parseInt(digits);
    }

    private VersionId back(VersionId start, int generations, String revision) {
        VersionId id = start;
        for (int i = 0; i < generations; i++) {
            Version version = version(id);
            id = version.previous()
                    .orElseThrow(() -> MgitException.usage(
                            "'" + revision + "' goes back past the first version of " + version.model()));
        }
        return id;
    }

    private Optional<VersionId> named(String name, @Nullable String log) {
        if (log != null) {
            List<VersionId> heads = state.heads().getOrDefault(name, List.of());
            int index = Integer.parseInt(log);
            return index < heads.size() ? Optional.of(heads.get(index)) : Optional.empty();
        }
        InMemoryState now = state;
        return Optional.ofNullable(now.models().get(name))
                .or(() -> Optional.ofNullable(now.tags().get(name)))
                .or(() -> abbreviated(name));
    }

    private Optional<VersionId> abbreviated(String digits) {
        if (digits.length() < SHORTEST_ABBREVIATION || !digits.matches("[0-9a-f]{1,40}")) {
            return Optional.empty();
        }
        VersionId least = new VersionId(digits + "0".repeat(40 - digits.length()));
        VersionId most = new VersionId(digits + "f".repeat(40 - digits.length()));
        List<VersionId> found =
                List.copyOf(objects.subMap(least, true, most, true).keySet());
        if (found.size() > 1) {
            throw MgitException.usage("'" + digits + "' is the prefix of " + found.size() + " versions");
        }
        return found.stream().findFirst();
    }

    @Override
    public Optional<VersionId> tryResolve(String revision) {
        try {
            return Optional.of(resolve(revision));
        } catch (MgitException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<Model> models() {
        return state.models().entrySet().stream()
                .map(entry -> new Model(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public Optional<Model> model(String name) {
        return Optional.ofNullable(state.models().get(name)).map(head -> new Model(name, head));
    }

    @Override
    public List<Tag> tags() {
        return state.tags().entrySet().stream()
                .map(entry -> new Tag(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public String fingerprint() {
        InMemoryState now = state;
        Map<VersionId, byte[]> edges = new TreeMap<>(now.notes().getOrDefault(EdgeNotes.NAMESPACE, Map.of()));
        StringBuilder text = new StringBuilder().append(now.models()).append(now.tags());
        edges.forEach((id, note) -> text.append(id).append(new String(note, StandardCharsets.UTF_8)));
        return text.toString();
    }

    @Override
    public Version version(VersionId id) {
        NewVersion made = object(id);
        List<ProvenanceEdge> origins = note(EdgeNotes.NAMESPACE, id, EdgeNotes::parse)
                .map(added -> added.apply(made.origins()))
                .orElse(made.origins());
        return new Version(
                id,
                made.model(),
                made.previous(),
                origins,
                made.message(),
                made.author(),
                made.when(),
                made.trailers());
    }

    private NewVersion object(VersionId id) {
        NewVersion made = objects.get(id);
        if (made == null) {
            throw MgitException.usage("there is no version " + id);
        }
        return made;
    }

    @Override
    public Iterator<Version> walk(Collection<VersionId> from) {
        Map<VersionId, Version> reached = new LinkedHashMap<>();
        Map<VersionId, Integer> children = new HashMap<>();
        List<VersionId> open = new ArrayList<>(from);
        while (!open.isEmpty()) {
            VersionId id = open.remove(open.size() - 1);
            if (!reached.containsKey(id)) {
                Version version = version(id);
                reached.put(id, version);
                for (VersionId parent : parents(version)) {
                    children.merge(parent, 1, Integer::sum);
                    open.add(parent);
                }
            }
        }
        PriorityQueue<Version> ready = new PriorityQueue<>(
                Comparator.comparing(Version::when).reversed().thenComparing(Version::id));
        reached.values().stream()
                .filter(version -> !children.containsKey(version.id()))
                .forEach(ready::add);
        List<Version> order = new ArrayList<>();
        while (!ready.isEmpty()) {
            Version version = ready.remove();
            order.add(version);
            for (VersionId parent : parents(version)) {
                if (children.merge(parent, -1, Integer::sum) == 0) {
                    ready.add(version(parent));
                }
            }
        }
        order.forEach(version -> reached.remove(version.id()));
        order.addAll(reached.values());
        return order.iterator();
    }

    private static List<VersionId> parents(Version version) {
        return Stream.concat(
                        version.previous().stream(), version.origins().stream().map(ProvenanceEdge::parent))
                .distinct()
                .toList();
    }

    @Override
    public Checkpoint checkpoint(VersionId id) {
        NewVersion made = object(id);
        return new Checkpoint(id, made.files(), made.folders(), made.ignored(), made.lossy())
                .without(note(DroppedState.NAMESPACE, id, DroppedState::parse));
    }

    @Override
    public Manifest manifest(VersionId id, String path) {
        return present(object(id).manifests().get(path), FileEntry.Storage.PARAMETERS, id, path);
    }

    @Override
    public byte[] verbatim(VersionId id, String path) {
        return present(object(id).verbatim().get(path), FileEntry.Storage.VERBATIM, id, path);
    }

    private static <T> T present(@Nullable T value, FileEntry.Storage where, VersionId id, String path) {
        if (value == null) {
            String kept = where == FileEntry.Storage.VERBATIM ? "in Git" : "in the parameter store";
            throw MgitException.usage("version " + id.abbreviated() + " keeps no file '" + path + "' " + kept);
        }
        return value;
    }

    @Override
    public Optional<byte[]> extra(VersionId id, String name) {
        return Optional.ofNullable(object(id).extra().get(name));
    }

    @Override
    public Optional<byte[]> note(String namespace, VersionId id) {
        return Optional.ofNullable(notes(namespace).get(id));
    }

    @Override
    public <T> Optional<T> note(String namespace, VersionId id, Function<byte[], T> reader) {
        try {
            return note(namespace, id).map(reader);
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean hasNote(String namespace, VersionId id) {
        return notes(namespace).containsKey(id);
    }

    @Override
    public Map<VersionId, byte[]> notes(String namespace) {
        return state.notes().getOrDefault(namespace, Map.of());
    }

    @Override
    public Optional<byte[]> registryFile(String path) {
        return Optional.ofNullable(state.registry().get(path));
    }

    @Override
    public List<String> registryFiles(String folder) {
        String prefix = folder.isEmpty() || folder.endsWith("/") ? folder : folder + "/";
        return state.registry().keySet().stream()
                .filter(path -> path.startsWith(prefix))
                .toList();
    }

    @Override
    public Map<String, VersionId> privateRefs(String prefix) {
        Map<String, VersionId> found = new TreeMap<>(state.privateRefs());
        found.keySet().removeIf(name -> !name.startsWith(prefix));
        return found;
    }

    @Override
    public List<Operation> operations(int limit) {
        return state.operations().stream().limit(limit).toList();
    }

    /** There is no log to have a head. */
    @Override
    public Optional<String> operationHead() {
        return Optional.empty();
    }

    /** Takes back the latest operation; naming an earlier one is a conflict here, since all of them share a state. */
    @Override
    public synchronized Operation undo(Optional<String> operation, Person author) {
        if (before.isEmpty()) {
            throw MgitException.failed("nothing to undo");
        }
        Operation latest = state.operations().get(0);
        if (operation.isPresent() && !operation.get().equals(latest.id())) {
            throw new MgitException(MgitException.Kind.CONFLICT, "later operations followed " + operation.get());
        }
        state = before.pop();
        return latest;
    }

    @Override
    public Transaction begin(String description, Person author) {
        return new InMemoryTransaction(this, description, author);
    }

    @Override
    public void close() {}
}
