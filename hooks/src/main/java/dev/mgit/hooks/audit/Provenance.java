package dev.mgit.hooks.audit;

import dev.mgit.hooks.numbers.NotedNumbers;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.sharing.Standing;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;

/**
 * Everything known of one version of an audit.
 *
 * @param entry what its record says
 * @param recipe how it was made; empty where that is not recorded or cannot be read
 * @param data what it was trained or made with
 * @param tests the latest outcome of each test
 * @param numbers evaluations, costs and serving plans noted on it
 * @param sharing what its recipe promised of its tensors, and whether that holds
 */
public record Provenance(
        Entry entry,
        Optional<MadeBy> recipe,
        List<DataFact> data,
        List<TestOutcome> tests,
        NotedNumbers numbers,
        CardFacts card,
        Licensing licensing,
        List<Standing> sharing) {
    public Provenance {
        data = List.copyOf(data);
        tests = List.copyOf(tests);
        sharing = List.copyOf(sharing);
    }

    /**
     * A recipe and where it comes from.
     *
     * @param recipe what counts now
     * @param original the one recorded when the version was made, where another replaced it
     */
    public record MadeBy(Recipe recipe, Optional<Recipe> original) {
        /** The recipe that made the version. */
        public Recipe made() {
            return original.orElse(recipe);
        }
    }

    public VersionId id() {
        return entry.version();
    }

    /** {@code model@1234567890}. */
    public String name() {
        return entry.model() + "@" + entry.version().abbreviated();
    }
}
