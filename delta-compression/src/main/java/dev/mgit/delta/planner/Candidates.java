package dev.mgit.delta.planner;

import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * All tensors the tensors of one version may be predicted from, indexed by name, by number of elements and, for those
 * that are asked for, by a few of their values. Safe for use by several threads; tensors may be added while others are
 * planned. Memory: a few hundred bytes a tensor.
 */
public final class Candidates {
    private static final Pattern NUMBER = Pattern.compile("(^|\\.)\\d+\\.");

    private final Map<String, List<SourceTensor>> byName = new HashMap<>();
    private final Map<String, List<SourceTensor>> bySuffix = new HashMap<>();
    private final Map<Long, List<SourceTensor>> byElements = new LinkedHashMap<>();
    private final Map<Long, List<SourceTensor>> moments = new HashMap<>();
    private final List<SourceTensor> adapters = new ArrayList<>();
    private final List<SourceTensor> others = new ArrayList<>();
    private final List<SourceTensor> opaque = new ArrayList<>();
    private final Map<String, double[]> probes = new ConcurrentHashMap<>();

    /** Adds a tensor. Those of {@link SourceTensor#SAME_VERSION} become useful to the tensors planned after them. */
    public synchronized void add(SourceTensor tensor) {
        String name = tensor.spec().name();
        insert(byName, name, tensor);
        for (String suffix : suffixes(name)) {
            insert(bySuffix, suffix, tensor);
        }
        insert(byElements, tensor.spec().elements(), tensor);
        if (MomentNames.second(name).isPresent()) {
            insert(moments, tensor.spec().elements(), tensor);
        }
        if (name.contains(".lora_A.")) {
            adapters.add(tensor);
        }
        if (tensor.rank() != SourceTensor.SAME_VERSION) {
            others.add(tensor);
        }
    }

    /** Adds bytes nothing is known about. Those of the version being stored are of no use: others may be coded meanwhile. */
    public synchronized void addOpaque(SourceTensor bytes) {
        if (bytes.rank() != SourceTensor.SAME_VERSION) {
            opaque.add(bytes);
        }
    }

    /** Where content of the opaque bytes added so far is found again. */
    public synchronized ReferenceIndex references() {
        return new ReferenceIndex(opaque);
    }

    private static <K> void insert(Map<K, List<SourceTensor>> index, K key, SourceTensor tensor) {
        List<SourceTensor> list = index.computeIfAbsent(key, k -> new ArrayList<>());
        int at = list.size();
        while (at > 0 && list.get(at - 1).rank() > tensor.rank()) {
            at--;
        }
        list.add(at, tensor);
    }

    /** {@code a.b.c.d} may elsewhere be called {@code b.c.d} or {@code c.d}; but a layer's number is never dropped. */
    private static List<String> suffixes(String name) {
        List<String> suffixes = new ArrayList<>();
        boolean numbered = NUMBER.matcher(name).find();
        int dot = name.indexOf('.');
        for (int from = 0; dot >= 0; dot = name.indexOf('.', from)) {
            String suffix = name.substring(from);
            if (!numbered || NUMBER.matcher(suffix).find()) {
                suffixes.add(suffix);
            }
            from = dot + 1;
        }
        return suffixes;
    }

    /** Tensors of exactly that name, nearest version first. */
    synchronized List<SourceTensor> named(String name) {
        return List.copyOf(byName.getOrDefault(name, List.of()));
    }

    /**
     * Tensors of that name; where there are none, those whose names differ by leading parts only ({@code model.},
     * {@code bert.}), if they are few enough to mean the same; nearest version first.
     */
    synchronized List<SourceTensor> called(String name) {
        List<SourceTensor> exact = byName.getOrDefault(name, List.of());
        if (!exact.isEmpty()) {
            return List.copyOf(exact);
        }
        for (String suffix : suffixes(name)) {
            List<SourceTensor> found = bySuffix.getOrDefault(suffix, List.of());
            if (!found.isEmpty()) {
                long names = found.stream().map(t -> t.spec().name()).distinct().count();
                return names == 1 ? List.copyOf(found) : List.of();
            }
        }
        return List.of();
    }

    synchronized List<SourceTensor> withElements(long elements) {
        return List.copyOf(byElements.getOrDefault(elements, List.of()));
    }

    /** First moments of weights of so many elements. */
    synchronized List<SourceTensor> moments(long elements) {
        return List.copyOf(moments.getOrDefault(elements, List.of()));
    }

    synchronized List<SourceTensor> adapters() {
        return List.copyOf(adapters);
    }

    /** All tensors of other versions. */
    synchronized List<SourceTensor> ofOtherVersions() {
        return List.copyOf(others);
    }

    synchronized boolean isEmpty() {
        return byName.isEmpty();
    }

    /** The values at {@link TensorProbe#positions} of a tensor, read once. */
    double[] probe(SourceTensor tensor) {
        TensorSpec spec = tensor.spec();
        return probes.computeIfAbsent(
                tensor.identity() + " " + spec.dtype() + spec.shape(), key -> TensorProbe.read(spec, tensor::read));
    }
}
