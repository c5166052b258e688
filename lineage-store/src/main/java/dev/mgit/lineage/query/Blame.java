package dev.mgit.lineage.query;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.tensorindex.VersionTensors;
import dev.mgit.lineage.version.DidYouMean;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Says which version last changed each tensor. */
public final class Blame {
    /** What the blamed version did. */
    public enum Change {
        /** No parent has a tensor of that name. */
        INTRODUCED,
        /** A parent has a tensor of that name, with other data. */
        CHANGED
    }

    /**
     * The answer for one tensor.
     *
     * @param tensor as it is in the version asked about
     * @param version the ancestor that has this data while none of its parents does
     * @param model the model that ancestor now belongs to
     * @param then the tensor's name in that ancestor; differs from today's if it was renamed since
     */
    public record Line(TensorLocation tensor, VersionId version, String model, Change change, String then) {
        public boolean renamed() {
            return !then.equals(tensor.name());
        }
    }

    private record Pending(TensorLocation tensor, TensorLocation now) {}

    private final LineageGraph graph;
    private final VersionTensors tensors;

    public Blame(LineageGraph graph, Lineage lineage) {
        this.graph = graph;
        this.tensors = new VersionTensors(lineage);
    }

    /**
     * Follows each tensor to the parent that has the same data, under any name, as long as there is one; the version
     * edge first, then provenance edges in their order, a parent with the same name before one without.
     *
     * @param names which tensors of the version to ask about
     * @return one line a tensor, in file order
     * @throws MgitException of kind USAGE if the version has no such tensor
     */
    public List<Line> of(VersionId version, Glob names) {
        List<TensorLocation> asked = tensors.of(version).all().stream()
                .filter(tensor -> names.test(tensor.name()))
                .toList();
        if (asked.isEmpty()) {
            throw noTensor(version, names);
        }
        Map<TensorLocation, Line> lines = new LinkedHashMap<>();
        TreeMap<Integer, List<Pending>> open = new TreeMap<>(Comparator.reverseOrder());
        open.put(
                graph.node(version),
                asked.stream().map(tensor -> new Pending(tensor, tensor)).toList());
        while (!open.isEmpty()) {
            Map.Entry<Integer, List<Pending>> latest = open.pollFirstEntry();
            for (Pending pending : latest.getValue()) {
                Optional<Source> source = source(latest.getKey(), pending.now());
                if (source.isPresent()) {
                    open.computeIfAbsent(source.get().node(), key -> new ArrayList<>())
                            .add(new Pending(pending.tensor(), source.get().tensor()));
                } else {
                    lines.put(pending.tensor(), line(latest.getKey(), pending));
                }
            }
        }
        return asked.stream().map(lines::get).toList();
    }

    private MgitException noTensor(VersionId version, Glob names) {
        List<String> known =
                tensors.of(version).all().stream().map(TensorLocation::name).toList();
        String message = "version " + version.abbreviated() + " has no tensor '" + names + "'";
        String hint =
                DidYouMean.hint(names.pattern(), known, "list its tensors with: mgit show " + version.abbreviated());
        return new MgitException(MgitException.Kind.USAGE, message, hint);
    }

    private record Source(int node, TensorLocation tensor) {}

    private Optional<Source> source(int node, TensorLocation tensor) {
        Optional<Source> renamed = Optional.empty();
        for (int parent : presentParents(node)) {
            for (TensorLocation candidate : withData(parent, tensor.object())) {
                if (candidate.name().equals(tensor.name())) {
                    return Optional.of(new Source(parent, candidate));
                }
                renamed = renamed.or(() -> Optional.of(new Source(parent, candidate)));
            }
        }
        return renamed;
    }

    private List<TensorLocation> withData(int node, ObjectId object) {
        return tensors.of(graph.id(node)).byObject().getOrDefault(object, List.of());
    }

    private Line line(int node, Pending pending) {
        String name = pending.now().name();
        boolean known = presentParents(node).stream()
                .anyMatch(parent -> tensors.of(graph.id(parent)).all().stream()
                        .anyMatch(tensor -> tensor.name().equals(name)));
        Change change = known ? Change.CHANGED : Change.INTRODUCED;
        return new Line(pending.tensor(), graph.id(node), graph.names().modelOf(node), change, name);
    }

    private List<Integer> presentParents(int node) {
        List<Integer> parents = new ArrayList<>();
        for (int e = graph.data.edgeStart[node]; e < graph.data.edgeStart[node + 1]; e++) {
            if (graph.data.absent[graph.data.edgeParent[e]] == 0) {
                parents.add(graph.data.edgeParent[e]);
            }
        }
        return parents;
    }
}
