package dev.mgit.lineage.imports;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.delta.json.Json;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitRequest.Origin;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.parameters.StoreException;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Commits the models of a {@link PublishedGraph}: an adapted edge becomes a provenance edge, a versioned one the next version
 * of the parent's model, where the parent is that model's newest. A model without a folder of its own is put together from
 * the parameter store. What the graph says of a node, its tests and their results
 * among it, goes with the version as {@value #RECORD}; nothing of it is run.
 */
public final class PublishedImport {
    /** Name of the record in the version's tree. */
    public static final String RECORD = "published-node.json";

    private final Repository repository;
    private final Path folder;
    private final Path work;
    private final Map<String, VersionId> done = new HashMap<>();
    private final Map<String, String> left = new LinkedHashMap<>();
    private int known;

    /**
     * Prepares an import.
     *
     * @param folder of the graph's file, to which the nodes' folders are relative
     * @param work where models of the parameter store are put together, one at a time; new, and the caller's to delete
     */
    public PublishedImport(Repository repository, Path folder, Path work) {
        this.repository = repository;
        this.work = work;
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** Nodes left out, each with the reason. */
    public Map<String, String> left() {
        return left;
    }

    /** How many nodes were in the repository before. */
    public int known() {
        return known;
    }

    /**
     * Imports all nodes. The caller holds no lock.
     *
     * @param told of each version as it is made
     */
    public void carryOut(
            PublishedGraph graph,
            Person author,
            Committer committer,
            BiConsumer<PublishedGraph.Node, CommitResult> told)
            throws IOException {
        Map<ByteBuffer, VersionId> records = records();
        Optional<PublishedStore> store = PublishedStore.of(graph, folder);
        for (PublishedGraph.Node node : graph.nodes()) {
            Optional<Path> files = files(node);
            boolean stored =
                    files.isEmpty() && store.filter(one -> one.has(node)).isPresent();
            if (files.isEmpty() && !stored) {
                left.put(
                        node.name(),
                        "there is no checkpoint in '" + node.folder() + "', and no parameter store '"
                                + graph.parameters().home() + "' with all its parameters");
                continue;
            }
            byte[] record = Json.pretty(Map.of("name", node.name(), "tests", node.tests(), "node", node.record()));
            VersionId before = records.get(ByteBuffer.wrap(record));
            if (before != null) {
                done.put(node.name(), before);
                known++;
                continue;
            }
            Target target = target(node);
            try {
                Path checkpoint = stored ? restored(store.orElseThrow(), node) : files.orElseThrow();
                CommitResult result = committer.commit(request(node, checkpoint, target, record, author), () -> {});
                done.put(node.name(), result.version());
                told.accept(node, result);
            } catch (MgitException e) {
                if (e instanceof StoreException || ResourceException.isOfTheMachine(e)) {
                    throw e;
                }
                left.put(node.name(), e.getMessage());
            } finally {
                if (stored) {
                    DurableFiles.deleteTree(work);
                }
            }
        }
    }

    /** Puts a model's parameters together in the folder for that. */
    private Path restored(PublishedStore store, PublishedGraph.Node node) throws IOException {
        Path folder = Files.createDirectories(work);
        store.write(node, folder);
        return folder;
    }

    /** The folder of a node's checkpoint; none if it is not below the graph's, or holds nothing. */
    private Optional<Path> files(PublishedGraph.Node node) {
        try {
            Path path = folder.resolve(node.folder()).normalize();
            boolean inside = path.startsWith(folder) && !path.equals(folder);
            return Optional.of(path).filter(found -> inside && Files.isDirectory(found));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Where a node goes: the model, and its parents but the version that it replaces. */
    private record Target(String model, List<String> parents) {}

    private Target target(PublishedGraph.Node node) {
        List<String> parents = new ArrayList<>(node.adapted());
        for (String previous : node.versioned()) {
            VersionId version = done.get(previous);
            Optional<Model> next = repository.lineage().models().stream()
                    .filter(model -> model.head().equals(version))
                    .findFirst();
            if (next.isPresent()) {
                parents.remove(previous);
                return new Target(next.get().name(), parents);
            }
            if (!parents.contains(previous)) {
                parents.add(previous);
            }
        }
        Set<String> taken = new HashSet<>();
        repository.lineage().models().forEach(model -> taken.add(model.name()));
        String wanted = ImportNames.legal(node.name());
        return new Target(
                taken.contains(wanted)
                        ? wanted
                        : ImportNames.free(wanted, taken, repository.lineage().tags()),
                parents);
    }

    /** Versions of earlier imports by their records. */
    private Map<ByteBuffer, VersionId> records() {
        Map<ByteBuffer, VersionId> records = new HashMap<>();
        Iterator<Version> versions = repository
                .lineage()
                .walk(repository.lineage().models().stream().map(Model::head).toList());
        while (versions.hasNext()) {
            VersionId version = versions.next().id();
            repository
                    .lineage()
                    .extra(version, RECORD)
                    .ifPresent(record -> records.put(ByteBuffer.wrap(record), version));
        }
        return records;
    }

    private CommitRequest request(PublishedGraph.Node node, Path files, Target target, byte[] record, Person author) {
        List<Origin> origins = new ArrayList<>();
        for (String parent : target.parents()) {
            VersionId version = done.get(parent);
            if (version != null) {
                origins.add(new Origin(version, EdgeKind.FINETUNE));
            }
        }
        return new CommitRequest(
                files,
                Optional.of(target.model()),
                Optional.of("Import " + ImportNames.legal(node.name())),
                origins,
                Map.of(),
                author,
                Instant.now(),
                Map.of(RECORD, record));
    }
}
