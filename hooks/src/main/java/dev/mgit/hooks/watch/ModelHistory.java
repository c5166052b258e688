package dev.mgit.hooks.watch;

import dev.mgit.lineage.checkpoint.TrainingStep;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The versions of a model with the steps they were saved at, read anew only where the model has moved. */
final class ModelHistory {
    private final Lineage lineage;
    private final String model;
    private final Map<VersionId, OptionalLong> steps = new LinkedHashMap<>();
    private Optional<VersionId> head = Optional.empty();

    ModelHistory(Lineage lineage, String model) {
        this.lineage = lineage;
        this.model = model;
    }

    boolean isEmpty() {
        return lineage.model(model).isEmpty();
    }

    /** Those that may have been saved at a step: the ones that say so, and those that do not say. */
    List<VersionId> at(OptionalLong step) {
        read();
        return steps.entrySet().stream()
                .filter(version ->
                        version.getValue().isEmpty() || version.getValue().equals(step))
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean has(VersionId version) {
        read();
        return steps.containsKey(version);
    }

    private void read() {
        Optional<VersionId> now = lineage.model(model).map(Model::head);
        if (now.equals(head)) {
            return;
        }
        steps.clear();
        Optional<VersionId> at = now;
        while (at.isPresent() && !steps.containsKey(at.get())) {
            Version version = lineage.version(at.get());
            steps.put(version.id(), TrainingStep.of(version.trailers()));
            at = version.previous();
        }
        head = now;
    }
}
