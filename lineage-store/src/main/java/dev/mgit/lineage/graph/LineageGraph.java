package dev.mgit.lineage.graph;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An immutable snapshot of the whole lineage: every version reachable from a model or tag, with its edges as they stood
 * when the snapshot was taken. Inside, versions are numbers, parents before children. Safe for use by several threads.
 */
public final class LineageGraph {
    public final GraphData data;
    private volatile @Nullable IdTable byId;
    private volatile @Nullable ChildEdges children;
    private volatile @Nullable ModelNames names;

    LineageGraph(GraphData data) {
        this.data = data;
    }

    /** Reads everything reachable from the models and tags of a lineage. */
    public static LineageGraph of(Lineage lineage) {
        return new LineageGraph(GraphBuilder.build(lineage));
    }

    /** Reads some versions and all they were made from, from the lineage itself. */
    public static LineageGraph of(Lineage lineage, Collection<VersionId> versions) {
        return new LineageGraph(GraphBuilder.build(lineage, versions));
    }

    /** Number of versions. */
    public int size() {
        return data.size;
    }

    /** Every version whose record is here, parents before children. */
    public List<VersionId> versions() {
        List<VersionId> ids = new ArrayList<>(data.size);
        for (int node = 0; node < data.size; node++) {
            if (data.absent[node] == 0) {
                ids.add(id(node));
            }
        }
        return ids;
    }

    /** Number of edges of both types. */
    public int edges() {
        return data.edgeParent.length;
    }

    public boolean contains(VersionId id) {
        return find(id) >= 0;
    }

    /** False for a parent that is known by its id alone, because its record is not in this repository. */
    public boolean isPresent(VersionId id) {
        return data.absent[node(id)] == 0;
    }

    /** @throws MgitException of kind USAGE if the graph does not have the version or only its id */
    public Version version(VersionId id) {
        int node = node(id);
        if (data.absent[node] != 0) {
            throw MgitException.usage("the record of version " + id.abbreviated() + " is not in this repository");
        }
        return version(node);
    }

    /** All models by name. */
    public List<Model> models() {
        List<Model> models = new ArrayList<>();
        for (int i = 0; i < data.modelName.length; i++) {
            models.add(new Model(data.strings.get(data.modelName[i]), id(data.modelHead[i])));
        }
        return models;
    }

    public List<Tag> tags() {
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < data.tagName.length; i++) {
            tags.add(new Tag(data.strings.get(data.tagName[i]), id(data.tagNode[i])));
        }
        return tags;
    }

    /** Versions that are the head of a model. */
    public boolean isOpen(VersionId id) {
        return names().isHead(node(id));
    }

    /**
     * The model a version now belongs to: the one whose version edges lead from its head to this version; the recorded
     * name if there is none. Where several do, the recorded one among them, else the first by name.
     */
    public String modelOf(VersionId id) {
        return names().modelOf(node(id));
    }

    /** The model whose version edges lead from its head to this version, see {@link #modelOf}; empty if there is none. */
    public Optional<String> ownerOf(VersionId id) {
        int node = find(id);
        return node < 0 || names().behind(node) < 0 ? Optional.empty() : Optional.of(names().modelOf(node));
    }

    /**
     * What a version was derived from: its provenance edges or, where it was made by hand from an earlier version of its
     * model, those of the latest before it that has any.
     */
    public List<ProvenanceEdge> derivedFrom(VersionId id) {
        int node = latestDerived(node(id));
        List<ProvenanceEdge> origins = new ArrayList<>();
        for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
            if (!EdgeCode.isVersion(data.edgeCode[e])) {
                origins.add(origin(e));
            }
        }
        return origins;
    }

    /** The latest version with provenance edges on the way back from one over version edges; its first if none has. */
    public int latestDerived(int head) {
        int node = head;
        while (true) {
            int edges = data.edgeStart[node + 1] - data.edgeStart[node];
            boolean hasPrevious = edges > 0 && EdgeCode.isVersion(data.edgeCode[data.edgeStart[node]]);
            if (!hasPrevious || edges > 1) {
                return node;
            }
            node = data.edgeParent[data.edgeStart[node]];
        }
    }

    private ProvenanceEdge origin(int edge) {
        byte code = data.edgeCode[edge];
        String model = data.strings.get(data.edgeModel[edge]);
        return new ProvenanceEdge(id(data.edgeParent[edge]), model, EdgeCode.kind(code), EdgeCode.source(code));
    }

    /** The shortest way to say it: {@code model~2} where a model's head leads here by version edges, else the id. */
    public String describe(VersionId id) {
        int node = node(id);
        int hops = names().behind(node);
        return hops < 0 ? id.abbreviated() : names().modelOf(node) + (hops == 0 ? "" : "~" + hops);
    }

    /**
     * Versions reached from some versions, these included, as {@code log} shows them: newest first, but never a parent
     * before its child.
     */
    public Iterator<Version> log(Collection<VersionId> from, Direction direction, EdgeFilter edges) {
        return LogOrder.of(this, Reach.from(this, nodes(from), direction, edges), node -> true);
    }

    /** Versions reached from one version, without it, children before parents. */
    public List<VersionId> reach(VersionId from, Direction direction, EdgeFilter edges) {
        BitSet reached = Reach.from(this, new int[] {node(from)}, direction, edges);
        reached.clear(node(from));
        return childrenFirst(reached);
    }

    /** Versions reached from some versions, these included, children before parents. */
    public List<VersionId> reach(Collection<VersionId> from, Direction direction, EdgeFilter edges) {
        return childrenFirst(Reach.from(this, nodes(from), direction, edges));
    }

    private List<VersionId> childrenFirst(BitSet nodes) {
        List<VersionId> ids = new ArrayList<>(nodes.cardinality());
        for (int node = nodes.length() - 1; node >= 0; node = nodes.previousSetBit(node - 1)) {
            ids.add(id(node));
        }
        return ids;
    }

    /** True if the second version was made from the first, by edges of any type, or is the same. */
    public boolean isAncestor(VersionId ancestor, VersionId descendant) {
        return Reach.from(this, new int[] {node(descendant)}, Direction.ANCESTORS, EdgeFilter.ALL)
                .get(node(ancestor));
    }

    /**
     * The common ancestors of two versions that are not themselves ancestors of another common ancestor; over version
     * edges and provenance edges that pass weights on, newest first. Several where models were merged criss-cross, none where nothing is shared.
     */
    public List<VersionId> mergeBases(VersionId left, VersionId right) {
        return childrenFirst(Reach.lowestCommon(this, node(left), node(right)));
    }

    /** Edges added later that would have made a version its own ancestor and were left out; child and parent. */
    public List<CircularEdge> circularEdges() {
        List<CircularEdge> found = new ArrayList<>();
        for (int i = 0; i < data.circular.length; i += 2) {
            found.add(new CircularEdge(id(data.circular[i]), id(data.circular[i + 1])));
        }
        return found;
    }

    /** See {@link #circularEdges()}. */
    public record CircularEdge(VersionId child, VersionId parent) {}

    /** Which way a question goes. */
    public enum Direction {
        ANCESTORS,
        DESCENDANTS
    }

    public int node(VersionId id) {
        int node = find(id);
        if (node < 0) {
            throw MgitException.usage("no model or tag leads to version " + id.abbreviated());
        }
        return node;
    }

    /** The version's number, or −1. */
    public int find(VersionId id) {
        return byId().find(id);
    }

    /**
     * The number of the version whose id stands somewhere in an array, or −1.
     *
     * @param hint tried first; may be out of range
     */
    public int find(byte[] ids, int at, int hint) {
        int end = at + GraphData.ID_BYTES;
        int start = hint * GraphData.ID_BYTES;
        boolean right = hint >= 0
                && hint < data.size
                && Arrays.equals(data.ids, start, start + GraphData.ID_BYTES, ids, at, end);
        return right ? hint : byId().find(Arrays.copyOfRange(ids, at, end));
    }

    public int[] nodes(Collection<VersionId> ids) {
        return ids.stream().mapToInt(this::node).toArray();
    }

    public VersionId id(int node) {
        int start = node * GraphData.ID_BYTES;
        return new VersionId(HexFormat.of().formatHex(data.ids, start, start + GraphData.ID_BYTES));
    }

    public Version version(int node) {
        Optional<VersionId> previous = Optional.empty();
        List<ProvenanceEdge> origins = new ArrayList<>();
        for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
            if (EdgeCode.isVersion(data.edgeCode[e])) {
                previous = Optional.of(id(data.edgeParent[e]));
            } else {
                origins.add(origin(e));
            }
        }
        var text = TextCodec.decode(data.text, data.textStart[node], data.textStart[node + 1]);
        return new Version(
                id(node),
                data.strings.get(data.model[node]),
                previous,
                origins,
                text.message(),
                new Person(data.strings.get(data.authorName[node]), data.strings.get(data.authorMail[node])),
                Instant.ofEpochSecond(data.when[node]),
                text.trailers());
    }

    /** A version's message alone; empty where its record is not here. */
    public String message(int node) {
        return data.absent[node] != 0
                ? ""
                : TextCodec.decode(data.text, data.textStart[node], data.textStart[node + 1])
                        .message();
    }

    private IdTable byId() {
        IdTable known = byId;
        if (known == null) {
            known = new IdTable(data.ids, data.size);
            byId = known;
        }
        return known;
    }

    public ChildEdges children() {
        ChildEdges known = children;
        if (known == null) {
            known = new ChildEdges(data);
            children = known;
        }
        return known;
    }

    public ModelNames names() {
        ModelNames known = names;
        if (known == null) {
            known = new ModelNames(data);
            names = known;
        }
        return known;
    }
}
