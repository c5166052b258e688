package dev.mgit.lineage.maintain;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.git.GitMaintenance;
import dev.mgit.lineage.maintain.DiskUsageReport.Group;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.RepositoryFiles;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/** Adds up where a repository's bytes are. Reads a snapshot; needs no lock. */
public final class DiskUsage {
    private final Repository repository;
    private final Lineage lineage;
    private final CopyProgress progress;
    private final VersionContents contents;
    private final BlockTable table = new BlockTable();

    /** Live versions, oldest and parents first, and the blocks of each object. */
    private final Map<VersionId, Version> versions = new LinkedHashMap<>();

    private int[][] objectBlocks = new int[0][];
    private final Map<Integer, VersionId> firstUser = new HashMap<>();

    public DiskUsage(Repository repository, CopyProgress progress) {
        this.repository = repository;
        this.lineage = repository.lineage();
        this.progress = progress;
        this.contents = new VersionContents(lineage);
    }

    /**
     * Measures.
     *
     * @param wanted models or revisions; empty for every model
     * @throws MgitException of kind USAGE if there is no such model or revision, INTEGRITY if what is
     *     stored cannot be read
     */
    public DiskUsageReport measure(List<String> wanted) throws IOException {
        RepositoryFiles files = repository.files();
        readVersions();
        Optional<ParameterStore> opened = repository.parametersIfAny();
        if (opened.isPresent()) {
            try (ParameterStore store = opened.get()) {
                readStore(store);
            }
        }
        BitSet used = firstUsers();
        BitSet needed = table.withSources(used);
        BitSet bases = (BitSet) needed.clone();
        bases.andNot(used);
        BitSet all = new BitSet();
        all.set(0, table.size());
        BitSet dead = (BitSet) all.clone();
        dead.andNot(needed);
        return new DiskUsageReport(
                groups(wanted),
                Representations.of(table, wanted.isEmpty() ? all : usedBy(wanted)),
                stored(bases),
                stored(dead),
                stored(all),
                FolderSize.of(files.parameters()),
                FolderSize.of(files.lineage()),
                FolderSize.of(files.mgit()));
    }

    private void readVersions() throws IOException {
        try (GitMaintenance git = GitMaintenance.open(
                repository.files().lineage(), repository.files().operationLog())) {
            List<VersionId> checkedOut = CheckoutState.all(repository).stream()
                    .map(CheckoutState::version)
                    .toList();
            List<Version> newestFirst = new ArrayList<>();
            lineage.walk(git.liveVersions(Instant.MIN, checkedOut)).forEachRemaining(newestFirst::add);
            for (int i = newestFirst.size() - 1; i >= 0; i--) {
                versions.put(newestFirst.get(i).id(), newestFirst.get(i));
            }
        }
        versions.keySet()
                .forEach(version -> contents.read(version).ifPresent(why -> {
                    throw MgitException.integrity(why);
                }));
    }

    private void readStore(ParameterStore store) {
        progress.start("reading blocks", 0);
        table.readAll(store);
        objectBlocks = new int[contents.objects().size()][];
        for (int i = 0; i < objectBlocks.length; i++) {
            objectBlocks[i] = store.object(contents.object(i)).stream()
                    .flatMap(object -> object.blocks().stream())
                    .mapToInt(block -> table.number(block.id()))
                    .toArray();
        }
        progress.done();
    }

    private BitSet blocks(VersionId version) {
        BitSet blocks = new BitSet();
        for (int object : contents.objects(version)) {
            if (object < objectBlocks.length) {
                Arrays.stream(objectBlocks[object]).forEach(blocks::set);
            }
        }
        return blocks;
    }

    private BitSet blocks(Set<VersionId> of) {
        BitSet blocks = new BitSet();
        of.forEach(version -> blocks.or(blocks(version)));
        return blocks;
    }

    /** Notes the oldest version that uses each block; all blocks that any does. */
    private BitSet firstUsers() {
        BitSet used = new BitSet();
        for (VersionId version : versions.keySet()) {
            BitSet fresh = blocks(version);
            fresh.andNot(used);
            fresh.stream().forEach(block -> firstUser.put(block, version));
            used.or(fresh);
        }
        return used;
    }

    private long stored(BitSet blocks) {
        return blocks.stream().mapToLong(table::storedLength).sum();
    }

    private List<Group> groups(List<String> wanted) {
        Map<String, Set<VersionId>> models = models();
        Map<VersionId, String> owners = new HashMap<>();
        models.forEach((name, members) -> members.forEach(version -> owners.putIfAbsent(version, name)));
        int[] users = new int[table.size()];
        models.values().forEach(members -> blocks(members).stream().forEach(block -> users[block]++));
        List<Group> groups = new ArrayList<>();
        for (String name : wanted.isEmpty() ? models.keySet() : wanted) {
            Set<VersionId> members = models.get(name);
            groups.add(
                    members == null ? versionGroup(name, lineage.resolve(name)) : group(name, members, users, owners));
        }
        return groups;
    }

    private Group group(String name, Set<VersionId> members, int[] users, Map<VersionId, String> owners) {
        BitSet own = blocks(members);
        long unique = own.stream()
                .filter(block -> users[block] == 1)
                .mapToLong(table::rawLength)
                .sum();
        BitSet first = filtered(own, block -> name.equals(owners.get(firstUser.get(block))));
        return group(name, lineage.model(name).isPresent(), members, own, unique, first);
    }

    private Group versionGroup(String name, VersionId version) {
        BitSet own = blocks(version);
        Set<VersionId> rest = new LinkedHashSet<>(versions.keySet());
        rest.remove(version);
        BitSet others = blocks(rest);
        long unique = own.stream()
                .filter(block -> !others.get(block))
                .mapToLong(table::rawLength)
                .sum();
        BitSet first = filtered(own, block -> version.equals(firstUser.get(block)));
        return group(name, false, Set.of(version), own, unique, first);
    }

    private static BitSet filtered(BitSet blocks, IntPredicate condition) {
        BitSet filtered = new BitSet();
        blocks.stream().filter(condition).forEach(filtered::set);
        return filtered;
    }

    /** Blocks of the files of training state that are in the parameter store. */
    private BitSet stateBlocks(Set<VersionId> of) {
        BitSet blocks = new BitSet();
        for (VersionId version : of) {
            for (FileEntry file : lineage.checkpoint(version).files()) {
                if (file.stored() == FileEntry.Storage.PARAMETERS && TrainingState.isFile(file.path())) {
                    lineage.manifest(version, file.path()).entries().stream()
                            .mapToInt(entry -> contents.number(entry.object()))
                            .filter(object -> object >= 0 && object < objectBlocks.length)
                            .forEach(object ->
                                    Arrays.stream(objectBlocks[object]).forEach(blocks::set));
                }
            }
        }
        return blocks;
    }

    /** @param first those of its own blocks that it was the first to store */
    private Group group(String name, boolean isModel, Set<VersionId> members, BitSet own, long unique, BitSet first) {
        long logical = members.stream()
                .mapToLong(version -> lineage.checkpoint(version).size())
                .sum();
        long raw = own.stream().mapToLong(table::rawLength).sum();
        int lossy = (int) members.stream()
                .filter(version -> lineage.checkpoint(version).lossy().isPresent())
                .count();
        BitSet state = stateBlocks(members);
        state.and(first);
        long dropped = members.stream()
                .flatMap(version -> lineage.checkpoint(version).dropped().stream())
                .mapToLong(gone -> gone.file().size())
                .sum();
        return new Group(
                name,
                isModel,
                members.size(),
                lossy,
                logical,
                unique,
                raw - unique,
                stored(first),
                stored(state),
                dropped);
    }

    /** The versions of each model; those that no model leads to under the name they were made with. */
    private Map<String, Set<VersionId>> models() {
        Map<String, Set<VersionId>> models = new LinkedHashMap<>();
        Set<VersionId> left = new LinkedHashSet<>(versions.keySet());
        for (Model model : lineage.models()) {
            Set<VersionId> members = new LinkedHashSet<>();
            Optional<VersionId> at = Optional.of(model.head());
            while (at.isPresent() && members.add(at.get())) {
                Version version = versions.get(at.get());
                at = version == null ? Optional.empty() : version.previous();
            }
            models.put(model.name(), members);
            left.removeAll(members);
        }
        for (VersionId version : left) {
            String name = Objects.requireNonNull(versions.get(version)).model();
            String shown = models.containsKey(name) && lineage.model(name).isPresent() ? name + " (older)" : name;
            models.computeIfAbsent(shown, unused -> new LinkedHashSet<>()).add(version);
        }
        return models;
    }

    private BitSet usedBy(List<String> wanted) {
        Map<String, Set<VersionId>> models = models();
        BitSet blocks = new BitSet();
        for (String name : wanted) {
            Set<VersionId> members = models.get(name);
            blocks.or(members == null ? blocks(lineage.resolve(name)) : blocks(members));
        }
        return blocks;
    }
}
