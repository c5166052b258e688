package dev.mgit.serve.hub.push;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.lineage.checkpoint.CommitRequest.Origin;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.detect.DetectSettings;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.Detector;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ModelCard;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.hub.HubModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a pushed model was derived from: what its card names, else, for a model's first version, what its weights show.
 * Asked as long as no version of the model says so.
 */
final class PushOrigins {
    private static final String CARD = "README.md";
    private static final String ADAPTER = "adapter_config.json";
    private static final int LONGEST = 1 << 20;
    private static final int MOST_VERSIONS = 1000;
    private static final Map<String, EdgeKind> RELATIONS = Map.of(
            "finetune", EdgeKind.FINETUNE,
            "adapter", EdgeKind.ADAPTER,
            "quantized", EdgeKind.QUANTIZE,
            "merge", EdgeKind.MERGE);

    private final PushTarget target;
    private final HubModels models;

    PushOrigins(PushTarget target, HubModels models) {
        this.target = target;
        this.models = models;
    }

    /**
     * What was found.
     *
     * @param trailers that go with it
     */
    record Found(List<Origin> origins, Map<String, String> trailers) {
        static final Found NOTHING = new Found(List.of(), Map.of());
    }

    Found find(Path folder, Branches.Branch branch) throws IOException {
        if (branch.head().filter(this::saysSo).isPresent()) {
            return Found.NOTHING;
        }
        List<Origin> named = named(folder, branch);
        if (!named.isEmpty() || branch.head().isPresent()) {
            return new Found(named, Map.of());
        }
        return detected(folder, branch);
    }

    /** Whether a version, or one before it, has an origin. */
    private boolean saysSo(VersionId head) {
        Lineage lineage = target.repository().lineage();
        Optional<VersionId> at = Optional.of(head);
        for (int i = 0; at.isPresent() && i < MOST_VERSIONS; i++) {
            Version version = lineage.version(at.get());
            if (!version.origins().isEmpty()) {
                return true;
            }
            at = version.previous();
        }
        return false;
    }

    private List<Origin> named(Path folder, Branches.Branch branch) {
        ModelCard card = ModelCard.of(small(folder.resolve(CARD)).orElse(new byte[0]));
        Optional<byte[]> adapter = small(folder.resolve(ADAPTER));
        List<String> names = new ArrayList<>(card.values("base_model"));
        adapter.flatMap(PushOrigins::adapted).ifPresent(names::add);
        List<Model> bases = names.stream()
                .distinct()
                .flatMap(name -> models.tryModel(models.name(name)).stream())
                .filter(model -> !model.name().equals(branch.model()))
                .distinct()
                .toList();
        EdgeKind kind = Stream.concat(
                        card.values("base_model_relation").stream(), Stream.of(adapter.isPresent() ? "adapter" : ""))
                .map(word -> Optional.ofNullable(RELATIONS.get(word)))
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(bases.size() > 1 ? EdgeKind.MERGE : EdgeKind.FINETUNE);
        return bases.stream().map(base -> new Origin(base.head(), kind)).toList();
    }

    private static Optional<String> adapted(byte[] config) {
        try {
            return Json.parseObject(config).optionalString("base_model_name_or_path");
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> small(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) <= LONGEST
                    ? Optional.of(Files.readAllBytes(file))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** As {@code mgit commit --detect} does; a push does not fail for it. */
    private Found detected(Path folder, Branches.Branch branch) throws IOException {
        var detector = new Detector(target.repository());
        try {
            ModelSketch sketch = Detector.sketch(folder);
            try (WriterLock lock = target.locking().lock()) {
                detector.update(lock, CopyProgress.none());
            }
            double least = DetectSettings.of(target.repository().settings()).minConfidence();
            return detector.originOf(branch.model(), sketch)
                    .filter(found -> found.confidence() >= least)
                    .map(PushOrigins::inferred)
                    .orElse(Found.NOTHING);
        } catch (MgitException e) {
            return Found.NOTHING;
        }
    }

    private static Found inferred(Detected found) {
        List<Origin> origins = found.parents().stream()
                .flatMap(parent -> parent.version().stream())
                .map(version -> new Origin(version, found.kind(), ProvenanceEdge.Source.INFERRED))
                .toList();
        return new Found(
                origins, Map.of("Inferred-Confidence", String.format(Locale.ROOT, "%.2f", found.confidence())));
    }
}
