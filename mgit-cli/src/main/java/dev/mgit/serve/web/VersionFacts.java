package dev.mgit.serve.web;

import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.modeltest.LatestOutcome;
import dev.mgit.hooks.modeltest.MetricTrend;
import dev.mgit.hooks.modeltest.Report;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.numbers.NotedNumbers;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.graph.ChildEdges;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What there is to say of one version; from Git alone.
 *
 * @param label the shortest name
 * @param children the newest of what was made from it
 * @param allChildren how many there are
 * @param manifests of the files in the parameter store, by path
 * @param trusted whether its recipe may run here
 */
record VersionFacts(
        Version version,
        String label,
        boolean head,
        List<String> tags,
        List<Child> children,
        int allChildren,
        Checkpoint checkpoint,
        Map<String, Manifest> manifests,
        Optional<Recipe> recipe,
        boolean trusted,
        List<LatestOutcome> tests,
        List<MetricTrend> trends,
        NotedNumbers numbers) {
    private static final int CHILDREN = 50;

    /** A version made from this one. */
    record Child(VersionId id, String label, String kind) {}

    static VersionFacts of(LineageView view, VersionId id) {
        Snapshot now = view.snapshot();
        return view.inWorkspace(workspace -> of(workspace, now, id));
    }

    private static VersionFacts of(Workspace workspace, Snapshot now, VersionId id) {
        Lineage lineage = workspace.lineage();
        Version version = lineage.version(id);
        LineageGraph graph = now.graph();
        int node = graph.find(id);
        var recipes = new Recipes(workspace);
        Optional<Recipe> recipe = recipes.of(id);
        var results = new TestResults(workspace);
        Map<String, TestDefinition> tests = new LinkedHashMap<>();
        new TestRegistry(workspace).list().forEach(test -> tests.put(test.name(), test));
        Report report = Report.of(workspace, List.of(id), List.copyOf(tests.values()), results);
        Checkpoint checkpoint = lineage.checkpoint(id);
        return new VersionFacts(
                version,
                node < 0 ? id.abbreviated() : graph.describe(id),
                node >= 0 && graph.isOpen(id),
                node < 0 ? List.of() : now.tags(node),
                node < 0 ? List.of() : children(graph, node),
                node < 0 ? 0 : graph.children().start[node + 1] - graph.children().start[node],
                checkpoint,
                manifests(lineage, checkpoint),
                recipe,
                recipe.filter(found -> recipes.trusted(version.model(), found)).isPresent(),
                LatestOutcome.of(workspace, results, tests, version),
                MetricTrend.of(workspace, report, results),
                NotedNumbers.standing(lineage, workspace.root(), id));
    }

    private static List<Child> children(LineageGraph graph, int node) {
        ChildEdges edges = graph.children();
        List<Child> children = new ArrayList<>();
        for (int e = edges.start[node + 1] - 1; e >= edges.start[node] && children.size() < CHILDREN; e--) {
            VersionId id = graph.id(edges.child[e]);
            children.add(new Child(id, graph.describe(id), Snapshot.kind(edges.code[e])));
        }
        return children;
    }

    static Map<String, Manifest> manifests(Lineage lineage, Checkpoint checkpoint) {
        Map<String, Manifest> manifests = new LinkedHashMap<>();
        for (FileEntry file : checkpoint.files()) {
            if (file.stored() == FileEntry.Storage.PARAMETERS) {
                manifests.put(file.path(), lineage.manifest(checkpoint.version(), file.path()));
            }
        }
        return manifests;
    }

    /** How an edge's parent is called now, or was when it was recorded. */
    static String parentLabel(Snapshot now, VersionId parent, String recorded) {
        return now.graph().contains(parent) ? now.graph().describe(parent) : recorded + "@" + parent.abbreviated();
    }
}
