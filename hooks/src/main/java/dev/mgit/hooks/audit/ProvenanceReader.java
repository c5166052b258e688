package dev.mgit.hooks.audit;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.audit.Provenance.MadeBy;
import dev.mgit.hooks.cost.NotedCosts;
import dev.mgit.hooks.data.DataRecord;
import dev.mgit.hooks.data.Statements;
import dev.mgit.hooks.eval.Evaluations;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResult;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.modeltest.Verdict;
import dev.mgit.hooks.numbers.NotedNumbers;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.serving.ServingPlans;
import dev.mgit.hooks.sharing.Standing;
import dev.mgit.lineage.query.AuditReport.Entry;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what is recorded of versions beside their lineage. What cannot be read counts as not there, and is told. */
public final class ProvenanceReader {
    private final Workspace workspace;
    private final DeclaredFacts facts;
    private final Recipes recipes;
    private final TestResults results;
    private final Map<String, TestDefinition> tests;
    private final Map<VersionId, Recorded> recorded = new HashMap<>();
    private final Map<VersionId, List<String>> unreadable = new LinkedHashMap<>();

    /** What is asked for more than once. */
    private record Recorded(Optional<MadeBy> recipe, CardFacts card, List<DataFact> data) {}

    public ProvenanceReader(Workspace workspace) {
        this(workspace, new DeclaredFacts(workspace.lineage()));
    }

    ProvenanceReader(Workspace workspace, DeclaredFacts facts) {
        this.workspace = workspace;
        this.facts = facts;
        this.recipes = new Recipes(workspace);
        this.results = new TestResults(workspace);
        this.tests = new TestRegistry(workspace)
                .list().stream().collect(Collectors.toMap(TestDefinition::name, Function.identity(), (a, b) -> a));
    }

    /** What could not be read so far of a version, in words. */
    List<String> unreadable(VersionId version) {
        return unreadable.getOrDefault(version, List.of());
    }

    Provenance of(Entry entry, Licensing licensing, List<Standing> sharing) {
        VersionId id = entry.version();
        if (!entry.present()) {
            return new Provenance(
                    entry,
                    Optional.empty(),
                    List.of(),
                    List.of(),
                    NotedNumbers.NONE,
                    CardFacts.NONE,
                    licensing,
                    sharing);
        }
        Recorded known = recorded(id);
        return new Provenance(
                entry, known.recipe(), known.data(), tests(id), numbers(id), known.card(), licensing, sharing);
    }

    private Recorded recorded(VersionId id) {
        Recorded known = recorded.get(id);
        if (known == null) {
            Optional<MadeBy> recipe = recipe(id);
            CardFacts card = read(id, CardFacts.NONE, () -> CardFacts.of(facts, id));
            known = new Recorded(recipe, card, data(id, recipe, card));
            recorded.put(id, known);
        }
        return known;
    }

    /** Each kind by itself, so that a damaged note costs its own. */
    private NotedNumbers numbers(VersionId id) {
        Lineage lineage = workspace.lineage();
        return new NotedNumbers(
                read(id, List.of(), () -> new Evaluations(lineage).latest(id)),
                read(id, List.of(), () -> new NotedCosts(lineage).of(id)),
                read(id, List.of(), () -> new ServingPlans(lineage, workspace.root()).noted(id)));
    }

    /** How a version was made; empty where that is not recorded or cannot be read. */
    public Optional<MadeBy> recipe(VersionId id) {
        return read(id, Optional.empty(), () -> {
            Optional<Recipe> now = recipes.of(id);
            boolean replaced = workspace.lineage().hasNote(Recipes.NAMESPACE, id);
            return now.map(recipe -> new MadeBy(recipe, replaced ? recipes.recorded(id) : Optional.empty()));
        });
    }

    /** All data a version is recorded to be made with, each once. */
    public List<DataFact> data(VersionId id) {
        return recorded(id).data();
    }

    private List<DataFact> data(VersionId id, Optional<MadeBy> recipe, CardFacts card) {
        List<DataFact> found = new ArrayList<>();
        read(
                        id,
                        List.<DataRecord.Item>of(),
                        () -> DataRecord.of(workspace.lineage(), id).items())
                .forEach(item -> add(
                        found,
                        new DataFact(
                                item.name(), Optional.of(item.sha256()), item.path(), item.licence(), "declared")));
        recipe.ifPresent(made -> made.made()
                .inputs()
                .forEach(in -> add(
                        found,
                        new DataFact(
                                in.name(),
                                Optional.of(in.sha256()),
                                Optional.of(in.path()),
                                Optional.empty(),
                                "recipe"))));
        read(id, Optional.<Statements>empty(), () -> Statements.of(workspace.lineage(), id))
                .ifPresent(stated -> stated.data()
                        .forEach(one -> add(
                                found,
                                new DataFact(
                                        one.name(), one.sha256(), Optional.empty(), one.licence(), stated.source()))));
        card.datasets()
                .forEach(name -> add(
                        found, new DataFact(name, Optional.empty(), Optional.empty(), Optional.empty(), "README.md")));
        return found;
    }

    /** One that is known by the same name and not by another digest is the same. */
    private static void add(List<DataFact> found, DataFact more) {
        for (int i = 0; i < found.size(); i++) {
            DataFact before = found.get(i);
            boolean same = before.name().equalsIgnoreCase(more.name())
                    && (more.sha256().isEmpty() || before.sha256().equals(more.sha256()));
            if (same) {
                found.set(i, before.and(more));
                return;
            }
        }
        found.add(more);
    }

    private List<TestOutcome> tests(VersionId id) {
        Map<String, List<TestResult>> byTest = results.of(id).stream()
                .collect(Collectors.groupingBy(TestResult::test, TreeMap::new, Collectors.toList()));
        List<TestOutcome> outcomes = new ArrayList<>();
        byTest.forEach((name, all) -> outcomes.add(outcome(id, name, all)));
        return outcomes;
    }

    /** Judged by the limits of today, where the test is still the one that was run. */
    private TestOutcome outcome(VersionId id, String name, List<TestResult> all) {
        TestResult latest = all.get(all.size() - 1);
        List<Verdict> verdicts = Optional.ofNullable(tests.get(name))
                .filter(test -> test.digest().equals(latest.definition()))
                .map(test -> results.verdicts(workspace.lineage().version(id), test))
                .orElse(List.of());
        if (verdicts.isEmpty()) {
            String status = latest.outcome() == TestResult.Outcome.RAN
                    ? "ran"
                    : latest.outcome().word();
            String text = status + ", by a definition of the test that is no longer registered";
            return new TestOutcome(name, status, text, latest.metrics(), latest.data(), latest.started(), 0);
        }
        Verdict now = verdicts.get(verdicts.size() - 1);
        int failures = (int) verdicts.subList(0, verdicts.size() - 1).stream()
                .filter(earlier -> !earlier.passed())
                .count();
        return new TestOutcome(
                name,
                now.status().word(),
                now.text().lines().findFirst().orElse(""),
                now.result().metrics(),
                now.result().data(),
                now.result().started(),
                failures);
    }

    private interface Reading<T> {
        T read();
    }

    private <T> T read(VersionId id, T otherwise, Reading<T> reading) {
        try {
            return reading.read();
        } catch (MgitException e) {
            unreadable.computeIfAbsent(id, key -> new ArrayList<>()).add(String.valueOf(e.getMessage()));
            return otherwise;
        }
    }
}
