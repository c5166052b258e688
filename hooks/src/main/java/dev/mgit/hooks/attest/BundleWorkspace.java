package dev.mgit.hooks.attest;

import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A lineage to be read, and nothing beside it: no parameters, no settings, nothing that runs. */
final class BundleWorkspace implements Workspace {
    private final Lineage lineage;
    private final Path folder;

    BundleWorkspace(Lineage lineage, Path folder) {
        this.lineage = lineage;
        this.folder = folder;
    }

    @Override
    public Path root() {
        return folder;
    }

    @Override
    public Lineage lineage() {
        return lineage;
    }

    @Override
    public LineageGraph graph() {
        return LineageGraph.of(lineage);
    }

    @Override
    public Path scratch() {
        return folder;
    }

    @Override
    public Path trusted() {
        return folder.resolve("trusted");
    }

    @Override
    public Person author() {
        return new Person("", "");
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public Optional<String> setting(String key) {
        return Optional.empty();
    }

    @Override
    public void checkout(VersionId version, Path to) {
        throw new UnsupportedOperationException("a bundle has no parameters");
    }

    @Override
    public VersionId write(Transaction transaction, NewModelVersion version) {
        throw new UnsupportedOperationException("a bundle is only read");
    }

    @Override
    public Held lock(String what) {
        throw new UnsupportedOperationException("a bundle is only read");
    }
}
