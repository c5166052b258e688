package dev.mgit.bench.detect;

import dev.mgit.fixtures.MadeModel;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.MetadataClaims;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.detect.OriginSearch;
import dev.mgit.lineage.detect.SketchIndex;
import dev.mgit.lineage.detect.Sketcher;
import dev.mgit.lineage.detect.Subject;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** An index of models under made-up version ids, with the parents that were found. Names say nothing. */
final class SketchLibrary implements OriginSearch.Library {
    private final SketchIndex index;
    private final Map<VersionId, List<VersionId>> parents = new HashMap<>();
    private int versions;

    SketchLibrary(Path folder) {
        index = new SketchIndex(folder);
    }

    SketchIndex index() {
        return index;
    }

    /** The sketch of a made model's weights alone. */
    static ModelSketch sketch(MadeModel model) throws IOException {
        Path file = Files.createTempFile("mgit-bench-", ".safetensors");
        try {
            model.writeWeightsTo(file);
            return sketch(file);
        } finally {
            Files.delete(file);
        }
    }

    static ModelSketch sketch(Path path) throws IOException {
        try (CheckpointTensors weights = CheckpointTensors.of(path)) {
            return Sketcher.of(weights, MetadataClaims.NONE);
        }
    }

    VersionId freshId() {
        // spread over the folders of the index as hashes are
        return new VersionId(String.format(Locale.ROOT, "%08x%032d", ++versions * 0x9e3779b1, versions));
    }

    VersionId add(ModelSketch sketch, List<VersionId> from) throws IOException {
        VersionId id = freshId();
        index.add(Map.of(id, sketch));
        parents.put(id, from);
        return id;
    }

    Optional<Detected> originOf(ModelSketch sketch) {
        return OriginSearch.of(List.of(new Subject("fresh", Optional.empty(), sketch, false)), this)
                .get(0);
    }

    @Override
    public List<VersionId> near(ModelSketch sketch, int limit) {
        return new ArrayList<>(index.search(sketch, limit));
    }

    @Override
    public Optional<ModelSketch> sketch(VersionId version) {
        return index.sketch(version);
    }

    @Override
    public String name(VersionId version) {
        return "known";
    }

    @Override
    public List<VersionId> parents(VersionId version) {
        return parents.getOrDefault(version, List.of());
    }
}
