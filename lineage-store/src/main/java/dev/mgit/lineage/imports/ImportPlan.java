package dev.mgit.lineage.imports;

import dev.mgit.lineage.checkpoint.Findings;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an import will do.
 *
 * @param steps in the order of committing: parents before children, older versions before newer
 * @param known what is in the repository already, with the version's short name
 * @param skipped what holds weights, as it seems, and is left out, with the reason
 * @param passedOver what is no model, is left out by rules or was not looked into, with the reason
 * @param heads the newest versions of the models there are, as the plan found them
 * @param weightsOnly whether training state is left out
 */
public record ImportPlan(
        List<Step> steps,
        Map<Path, String> known,
        Map<Path, String> skipped,
        Map<Path, String> passedOver,
        Map<String, VersionId> heads,
        boolean weightsOnly) {
    /**
     * One checkpoint.
     *
     * @param model the name it will have
     * @param parents steps (by number) and versions it will get edges to; empty for roots and for later versions of a
     *     model that descend from the earlier ones
     * @param origin what was found, also where it makes no edge
     * @param unsure whether it makes no edge because its confidence is too low
     * @param findings what was noticed about its files
     * @param claims a sentence for each base its files name, saying whether the weights agree
     */
    public record Step(
            FoundCheckpoint checkpoint,
            String model,
            boolean newModel,
            List<Detected.Parent> parents,
            Optional<Detected> origin,
            boolean unsure,
            List<String> claims,
            Findings findings,
            ModelSketch sketch) {}
}
