package dev.mgit.hooks.modeltest;

import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which versions a test run is about. */
public final class TestScope {
    /** What is meant relative to the versions that are named. */
    public enum Range {
        /** These alone. */
        SELF,
        /** These and all they were made from. */
        ANCESTORS,
        /** These and all that was made from them. */
        DESCENDANTS,
        /** Everything newer: what the heads of models were made from, less these and what those were made from. */
        SINCE
    }

    private final LineageGraph graph;

    public TestScope(LineageGraph graph) {
        this.graph = graph;
    }

    /** The heads of all models. */
    public List<VersionId> heads() {
        return graph.models().stream().map(Model::head).toList();
    }

    /** The versions a range takes in, each once, newest first where the order was not given. */
    public List<VersionId> versions(List<VersionId> named, Range range) {
        Set<VersionId> found = new LinkedHashSet<>();
        switch (range) {
            case SELF -> found.addAll(named);
            case ANCESTORS -> reach(named, LineageGraph.Direction.ANCESTORS, found);
            case DESCENDANTS -> reach(named, LineageGraph.Direction.DESCENDANTS, found);
            case SINCE -> {
                Set<VersionId> old = new HashSet<>();
                reach(named, LineageGraph.Direction.ANCESTORS, old);
                reach(heads(), LineageGraph.Direction.ANCESTORS, found);
                found.removeAll(old);
            }
        }
        return new ArrayList<>(found);
    }

    private void reach(List<VersionId> from, LineageGraph.Direction direction, Set<VersionId> found) {
        graph.log(from, direction, EdgeFilter.ALL).forEachRemaining(version -> found.add(version.id()));
    }

    /** The tests to run on each version: those named, or where none is all trusted ones that apply. */
    public Map<VersionId, List<TestDefinition>> plan(
            List<VersionId> versions, List<String> names, TestRegistry registry) {
        Map<VersionId, List<TestDefinition>> plan = new LinkedHashMap<>();
        for (VersionId id : versions) {
            Version version = graph.version(id);
            List<TestDefinition> tests = names.isEmpty()
                    ? registry.matching(version)
                    : names.stream()
                            .map(registry::get)
                            .filter(test -> test.on().matches(version))
                            .toList();
            plan.put(id, tests);
        }
        return plan;
    }
}
