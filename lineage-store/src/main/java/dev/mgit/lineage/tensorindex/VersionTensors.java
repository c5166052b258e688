package dev.mgit.lineage.tensorindex;

import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the tensors of versions from their manifests; those of the last few versions are remembered. */
public final class VersionTensors {
    private static final int REMEMBERED = 32;

    /** The tensors of one version, in file order, and where to find them by content. */
    public record Of(List<TensorLocation> all, Map<ObjectId, List<TensorLocation>> byObject) {}

    private final Lineage lineage;
    private final Map<VersionId, Of> recent = new LinkedHashMap<>(REMEMBERED, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<VersionId, Of> eldest) {
            return size() > REMEMBERED;
        }
    };

    public VersionTensors(Lineage lineage) {
        this.lineage = lineage;
    }

    public Of of(VersionId version) {
        Of known = recent.get(version);
        if (known == null) {
            known = read(version);
            recent.put(version, known);
        }
        return known;
    }

    private Of read(VersionId version) {
        List<TensorLocation> all = TensorLocation.of(lineage, version);
        Map<ObjectId, List<TensorLocation>> byObject = new HashMap<>();
        all.forEach(tensor -> byObject.computeIfAbsent(tensor.object(), key -> new ArrayList<>(1))
                .add(tensor));
        return new Of(all, byObject);
    }
}
