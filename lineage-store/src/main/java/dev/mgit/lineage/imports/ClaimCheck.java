package dev.mgit.lineage.imports;

import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.ModelSketch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says whether the weights agree with what a model's files claim. */
final class ClaimCheck {
    private ClaimCheck() {}

    /** @param names of all models that were looked at */
    static List<String> sentences(ModelSketch sketch, Optional<Detected> origin, List<String> names) {
        List<String> sentences = new ArrayList<>();
        for (String base : sketch.claims().bases()) {
            boolean agrees = origin.stream()
                    .flatMap(found -> found.parents().stream())
                    .anyMatch(parent -> sketch.claims().isMeant(base, parent.name()));
            boolean there = names.stream().anyMatch(name -> sketch.claims().isMeant(base, name));
            String verdict = agrees
                    ? "the weights agree"
                    : !there
                            ? "which is not available for comparison"
                            : origin.map(found -> "but the weights are closer to '"
                                            + found.parents().get(0).name() + "'")
                                    .orElse("but the weights do not come from it");
            sentences.add("its files name '" + base + "' as its base: " + verdict);
        }
        return sentences;
    }
}
