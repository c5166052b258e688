package dev.mgit.serve.web;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.frame.Frame;
import dev.mgit.delta.predictor.Predictor;
import dev.mgit.delta.predictor.Predictors;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.parameters.StoredObject;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How the blocks that a version consists of are kept, whoever else uses them.
 *
 * @param ways by predictor, {@code none} for blocks kept by themselves; most stored bytes first
 * @param missing blocks that are not here, but may be at a remote
 * @param whole false if time ran out before all blocks were looked at
 */
record StoredBytes(List<Way> ways, long blocks, long rawBytes, long storedBytes, long missing, boolean whole) {
    /** Blocks that are kept in one way. */
    record Way(String predictor, int depth, long blocks, long rawBytes, long storedBytes) {}

    private static final StoredBytes NONE = new StoredBytes(List.of(), 0, 0, 0, 0, true);

    static StoredBytes of(LineageView view, Collection<Manifest> manifests, Duration patience) {
        Set<ObjectId> objects = new LinkedHashSet<>();
        manifests.forEach(manifest -> manifest.entries().forEach(entry -> objects.add(entry.object())));
        Optional<ParameterStore> opened = objects.isEmpty() ? Optional.empty() : view.parameters();
        if (opened.isEmpty()) {
            return NONE;
        }
        try (ParameterStore store = opened.get()) {
            return measure(store, objects, System.nanoTime() + patience.toNanos());
        }
    }

    private static StoredBytes measure(ParameterStore store, Set<ObjectId> objects, long deadline) {
        record Kept(String predictor, int depth) {}
        Map<Kept, long[]> sums = new LinkedHashMap<>();
        Set<BlockId> seen = new HashSet<>();
        long missing = 0;
        boolean whole = true;
        for (ObjectId object : objects) {
            List<StoredObject.Block> blocks =
                    store.object(object).map(StoredObject::blocks).orElse(List.of());
            missing += blocks.isEmpty() ? 1 : 0;
            for (StoredObject.Block block : blocks) {
                if (!whole || System.nanoTime() - deadline > 0) {
                    whole = false;
                    break;
                }
                Optional<byte[]> stored = seen.add(block.id()) ? store.frame(block.id()) : Optional.empty();
                if (stored.isPresent()) {
                    Frame frame = Frame.parse(stored.get());
                    var kept = new Kept(predictor(frame), frame.depth());
                    long[] sum = sums.computeIfAbsent(kept, unused -> new long[3]);
                    sum[0]++;
                    sum[1] += frame.rawLength();
                    sum[2] += stored.get().length;
                }
            }
        }
        List<Way> ways = new ArrayList<>();
        sums.forEach((kept, sum) -> ways.add(new Way(kept.predictor(), kept.depth(), sum[0], sum[1], sum[2])));
        ways.sort((a, b) -> Long.compare(b.storedBytes(), a.storedBytes()));
        return new StoredBytes(
                List.copyOf(ways),
                ways.stream().mapToLong(Way::blocks).sum(),
                ways.stream().mapToLong(Way::rawBytes).sum(),
                ways.stream().mapToLong(Way::storedBytes).sum(),
                missing,
                whole);
    }

    private static String predictor(Frame frame) {
        return frame.prediction()
                .map(prediction -> Predictors.all().stream()
                        .filter(predictor -> predictor.code() == prediction.predictor())
                        .map(Predictor::name)
                        .findFirst()
                        .orElse("predictor " + prediction.predictor()))
                .orElse("none");
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("blocks", blocks);
        json.put("rawBytes", rawBytes);
        json.put("storedBytes", storedBytes);
        json.put("missingObjects", missing);
        json.put("whole", whole);
        json.put(
                "ways",
                ways.stream()
                        .map(way -> Map.of(
                                "predictor", way.predictor(),
                                "depth", way.depth(),
                                "blocks", way.blocks(),
                                "rawBytes", way.rawBytes(),
                                "storedBytes", way.storedBytes()))
                        .toList());
        return json;
    }
}
