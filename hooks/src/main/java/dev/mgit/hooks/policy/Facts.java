package dev.mgit.hooks.policy;

import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.attest.Attestations;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResult;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.sign.Signatures;
import dev.mgit.lineage.sign.Trust;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is known of versions, looked up once each. Read from the lineage itself, never from an index. */
final class Facts {
    private final Workspace workspace;
    private final Recipes recipes;
    private final DeclaredFacts declared;
    private final TestRegistry registry;
    private final TestResults results;
    private final Signatures signatures;
    private final Attestations attestations;
    private final Instant now;
    private final Map<VersionId, Optional<Version>> versions = new HashMap<>();
    private final Map<VersionId, Optional<String>> licences = new HashMap<>();

    Facts(Workspace workspace, Trust trust, Instant now) {
        this.workspace = workspace;
        this.recipes = new Recipes(workspace);
        this.declared = new DeclaredFacts(workspace.lineage());
        this.registry = new TestRegistry(workspace);
        this.results = new TestResults(workspace);
        this.signatures = new Signatures(trust);
        this.attestations = new Attestations(workspace);
        this.now = now;
    }

    Instant now() {
        return now;
    }

    /** Empty for one whose record is not here. */
    Optional<Version> version(VersionId id) {
        return versions.computeIfAbsent(
                id,
                unknown -> workspace
                        .lineage()
                        .tryResolve(id.hex())
                        .map(here -> workspace.lineage().version(here)));
    }

    String name(VersionId id) {
        return version(id).map(found -> found.model() + "@").orElse("") + id.abbreviated();
    }

    boolean hasRecipe(Version version) {
        return recipes.of(version.id()).isPresent();
    }

    Optional<String> licence(Version version) {
        return licences.computeIfAbsent(
                version.id(), unknown -> declared.licence(version).map(licence -> licence.name()));
    }

    /** How it was derived, or how the nearest version before it that was. */
    List<ProvenanceEdge> origins(Version version) {
        Version at = version;
        Set<VersionId> passed = new LinkedHashSet<>();
        while (at.origins().isEmpty() && at.previous().isPresent() && passed.add(at.id())) {
            Optional<Version> before = version(at.previous().get());
            if (before.isEmpty()) {
                return List.of();
            }
            at = before.get();
        }
        return at.origins();
    }

    /** A version and all that it was made from or replaced, as far as they are here. */
    Set<VersionId> lineage(VersionId from) {
        Set<VersionId> found = new LinkedHashSet<>(Set.of(from));
        Deque<VersionId> open = new ArrayDeque<>(found);
        while (!open.isEmpty()) {
            version(open.removeFirst()).ifPresent(version -> {
                version.previous().filter(found::add).ifPresent(open::add);
                version.origins().stream()
                        .map(ProvenanceEdge::parent)
                        .filter(found::add)
                        .forEach(open::add);
            });
        }
        return found;
    }

    List<TestDefinition> tests(Version version, List<String> names) {
        return names.isEmpty()
                ? registry.matching(version)
                : names.stream().map(registry::get).toList();
    }

    Optional<Verdict> verdict(Version version, TestDefinition test) {
        return results.verdict(version, test);
    }

    /** The newest value of a metric that any test found, or that a trailer of that name states. */
    Optional<Double> metric(Version version, String metric) {
        for (Map.Entry<String, String> trailer : version.trailers().entrySet()) {
            if (trailer.getKey().equalsIgnoreCase(metric.replace('_', '-'))) {
                try {
                    return Optional.of(Double.parseDouble(trailer.getValue().strip()));
                } catch (NumberFormatException e) {
                    return Optional.empty();
                }
            }
        }
        return results.of(version.id()).stream()
                .map(TestResult::metrics)
                .filter(metrics -> metrics.containsKey(metric))
                .map(metrics -> metrics.get(metric))
                .reduce((first, second) -> second);
    }

    /** Its signatures by those whose signatures count. */
    List<Signatures.Result> signatures(Version version) {
        return signatures.of(workspace.lineage(), version.id(), attestations).stream()
                .filter(Signatures.Result::known)
                .toList();
    }

    /** What is signed and holds, by its word: {@code files}, {@code provenance}, … */
    List<String> signed(Version version) {
        return signatures(version).stream()
                .filter(Signatures.Result::holds)
                .map(result -> attestations.word(result.what()))
                .toList();
    }
}
