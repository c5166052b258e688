package dev.mgit.hooks.modeltest;

import dev.mgit.hooks.Registrations;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import java.util.List;

/** The tests registered in a repository. */
public final class TestRegistry {
    private final Registrations<TestDefinition> tests;

    public TestRegistry(Workspace workspace) {
        this.tests = new Registrations<>(workspace, "tests", TestDefinition::fromJson);
    }

    /** All registered tests by name, trusted or not. */
    public List<TestDefinition> list() {
        return tests.list();
    }

    /** @throws dev.mgit.delta.MgitException of kind USAGE if there is no such test */
    public TestDefinition get(String name) {
        return tests.get(name);
    }

    /** Registers a test, or replaces the one of the same name, and trusts it here. */
    public void add(TestDefinition test) {
        tests.add(test.name(), test.toJson());
    }

    public void remove(String name) {
        tests.remove(name);
    }

    public boolean trusted(TestDefinition test) {
        return tests.trusted(test.name());
    }

    /** The trusted tests that apply to a version on an event. */
    public List<TestDefinition> matching(Version version, Event event) {
        return matching(version).stream().filter(test -> test.event() == event).toList();
    }

    /** The trusted tests that apply to a version, whatever starts them. */
    public List<TestDefinition> matching(Version version) {
        return matching(version.model(), version.origins());
    }

    /** The same for what is not a version yet. */
    public List<TestDefinition> matching(String model, List<ProvenanceEdge> origins) {
        return list().stream()
                .filter(test -> test.on().matches(model, origins) && trusted(test))
                .toList();
    }

    /** @throws dev.mgit.delta.MgitException if the test came from elsewhere and nobody has accepted it here */
    public void requireTrusted(TestDefinition test) {
        tests.requireTrusted(test.name());
    }
}
