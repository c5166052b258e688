package dev.mgit.hooks.test;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.Members;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.trust.Trust;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import java.util.List;
import java.util.Optional;

/** The tests registered in a repository: one file each, {@code tests/NAME.json}, versioned with it. */
public final class TestRegistry {
    private static final String FOLDER = "tests";

    private final Workspace workspace;
    private final Trust trust;

    public TestRegistry(Workspace workspace) {
        this.workspace = workspace;
        this.trust = new Trust(workspace.trusted());
    }

    private static String path(String name) {
        return FOLDER + "/" + name + ".json";
    }

    /** All registered tests by name, trusted or not. */
    public List<TestDefinition> list() {
        return workspace.lineage().registryFiles(FOLDER).stream()
                .filter(path -> path.endsWith(".json"))
                .sorted()
                .flatMap(path -> workspace.lineage().registryFile(path).stream()
                        .map(bytes -> Members.read(bytes, path, TestDefinition::fromJson)))
                .toList();
    }

    public Optional<TestDefinition> find(String name) {
        return workspace
                .lineage()
                .registryFile(path(name))
                .map(bytes -> Members.read(bytes, path(name), TestDefinition::fromJson));
    }

    /** @throws MgitException of kind USAGE if there is no such test */
    public TestDefinition get(String name) {
        return find(name)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE, "no test '" + name + "'", "mgit test list shows what there is"));
    }

    /** Registers a test, or replaces the one of the same name, and trusts it here. */
    public void add(TestDefinition test) {
        byte[] bytes = Json.pretty(test.toJson());
        change("test add " + test.name(), transaction -> transaction.putRegistryFile(path(test.name()), bytes));
        trust.accept(Trust.Item.of(path(test.name()), bytes));
    }

    public void remove(String name) {
        var unused = get(name);
        change("test rm " + name, transaction -> transaction.removeRegistryFile(path(name)));
    }

    private void change(String what, java.util.function.Consumer<Transaction> body) {
        workspace.locked(what, () -> {
            Transaction transaction = workspace.lineage().begin(what, workspace.author());
            body.accept(transaction);
            transaction.apply();
            return true;
        });
    }

    public boolean trusted(TestDefinition test) {
        Optional<byte[]> registered;
        synchronized (workspace) {
            registered = workspace.lineage().registryFile(path(test.name()));
        }
        return registered
                .map(bytes -> trust.accepts(Trust.Item.of(path(test.name()), bytes)))
                .orElse(false);
    }

    /** The trusted tests that apply to a version on an event. */
    public List<TestDefinition> matching(Version version, Event event) {
        return list().stream()
                .filter(test -> test.event() == event && test.on().matches(version) && trusted(test))
                .toList();
    }

    /** The trusted tests that apply to a version, whatever starts them. */
    public List<TestDefinition> matching(Version version) {
        return list().stream()
                .filter(test -> test.on().matches(version) && trusted(test))
                .toList();
    }

    /** @throws MgitException if the test came from elsewhere and nobody has accepted it here */
    public void requireTrusted(TestDefinition test) {
        if (!trusted(test)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "test '" + test.name() + "' came from elsewhere and has not been accepted here",
                    "mgit hooks trust shows it and asks");
        }
    }
}
