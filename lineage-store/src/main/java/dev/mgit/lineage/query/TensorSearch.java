package dev.mgit.lineage.query;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.tensorindex.TensorCondition;
import dev.mgit.lineage.tensorindex.TensorIndex;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.tensorindex.VersionTensors;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * Finds versions by their tensors. Reads manifests one at a time, less those that an index says need not be read.
 */
public final class TensorSearch {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{4,64}");

    /** A version and those of its tensors that were looked for. */
    public record Match(VersionId version, String model, boolean open, List<TensorLocation> tensors) {}

    private final LineageGraph graph;
    private final Lineage lineage;
    private final TensorIndex index;

    public TensorSearch(LineageGraph graph, Lineage lineage, TensorIndex index) {
        this.graph = graph;
        this.lineage = lineage;
        this.index = index;
    }

    /** True if a word can be the hash of a tensor or the start of one. */
    public static boolean looksLikeHash(String word) {
        return HASH.matcher(word).matches();
    }

    /**
     * All versions that contain a tensor, head versions first, then newest first.
     *
     * @param hash a tensor's hash, or the first digits (four or more) of one only
     * @throws MgitException of kind USAGE if no tensor or several have a hash that starts so
     */
    public List<Match> containing(String hash) {
        if (!looksLikeHash(hash)) {
            throw MgitException.usage("'" + hash + "' is not the hash of a tensor: four to 64 of the digits 0-9a-f");
        }
        TensorCondition wanted =
                new TensorCondition(Optional.empty(), Optional.of(hash), Optional.empty(), Optional.empty());
        List<Match> found = search(node -> true, wanted, Integer.MAX_VALUE);
        TreeSet<ObjectId> objects = new TreeSet<>();
        found.forEach(match -> match.tensors().forEach(tensor -> objects.add(tensor.object())));
        if (objects.isEmpty()) {
            throw MgitException.usage("no version contains a tensor " + hash);
        }
        if (objects.size() > 1) {
            String hint = "give more digits: " + objects.first().abbreviated() + " or "
                    + objects.last().abbreviated();
            String message = "'" + hash + "' is the prefix of " + objects.size() + " different tensors";
            throw new MgitException(MgitException.Kind.USAGE, message, hint);
        }
        found.sort(Comparator.comparing(match -> !match.open()));
        return found;
    }

    /** The newest versions of some that have a tensor of a kind, newest first, each with all such tensors. */
    public List<Match> search(IntPredicate versions, TensorCondition wanted, int limit) {
        BitSet worthReading = index.worthReading(graph, lineage, wanted);
        VersionTensors tensors = new VersionTensors(lineage);
        List<Match> found = new ArrayList<>();
        int node = worthReading.previousSetBit(graph.size() - 1);
        for (; node >= 0 && found.size() < limit; node = worthReading.previousSetBit(node - 1)) {
            if (!versions.test(node)) {
                continue;
            }
            VersionId version = graph.id(node);
            List<TensorLocation> matching =
                    tensors.of(version).all().stream().filter(wanted).toList();
            if (!matching.isEmpty()) {
                found.add(new Match(version, graph.modelOf(version), graph.isOpen(version), matching));
            }
        }
        return found;
    }
}
