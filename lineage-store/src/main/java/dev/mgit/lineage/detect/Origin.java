package dev.mgit.lineage.detect;

import dev.mgit.lineage.version.EdgeKind;
import java.util.List;

/**
 * Where a checkpoint was found to come from.
 *
 * @param parents places of the parents in the list of subjects, the main one first; several for merges
 * @param kind of the step
 * @param confidence that these are the parents and this the direction, 0 to 1: the product of how far the nearest other
 *     candidate is and of the odds of the direction
 * @param evidence in plain words
 */
public record Origin(List<Integer> parents, EdgeKind kind, double confidence, List<String> evidence) {
    public Origin {
        parents = List.copyOf(parents);
        evidence = List.copyOf(evidence);
    }
}
