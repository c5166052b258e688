package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a checked-out folder stands against its version.
 *
 * @param changed files whose bytes differ, in path order
 * @param modes files that may be executed and should not, or the other way round
 * @param missing files that are not there any more, and folders, which end in {@code /}
 * @param added files, and folders that hold nothing, that are not in the version and would be committed
 * @param refused what is there, cannot be stored and keeps a commit from being made; why, by path
 */
public record FolderStatus(
        CheckoutState checkout,
        List<ChangedFile> changed,
        List<ChangedMode> modes,
        List<String> missing,
        List<String> added,
        SortedMap<String, String> refused) {
    /** A file whose bytes differ; for weights, the tensors that were changed, added or removed in it. */
    public record ChangedFile(
            String path, List<String> changedTensors, List<String> addedTensors, List<String> missingTensors) {}

    /**
     * A file whose executable bit differs.
     *
     * @param executable whether it can be executed now
     */
    public record ChangedMode(String path, boolean executable) {}

    public boolean clean() {
        return changed.isEmpty() && modes.isEmpty() && missing.isEmpty() && added.isEmpty() && refused.isEmpty();
    }

    /** Looks at a folder. Files that nobody can have touched, going by the file system, are not read. */
    public static FolderStatus of(Repository repository, CheckoutState checkout) throws IOException {
        var contents = new FileContents(
                repository, StoreSettings.of(repository.settings()).threads());
        Checkpoint version = repository.lineage().checkpoint(checkout.version());
        FolderScan scan = FolderScan.look(
                checkout.folder(), CommitSettings.of(repository.settings()).weightsOnly());
        KnownFiles known = KnownFiles.load(repository, checkout);
        List<ChangedFile> changed = new ArrayList<>();
        List<ChangedMode> modes = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Set<String> added = new TreeSet<>(scan.files().keySet());
        for (FileEntry file : version.files()) {
            added.remove(file.path());
            if (!checkout.files().contains(file.path())) {
                continue; // not part of a partial checkout
            }
            Path path = checkout.folder().resolve(file.path());
            long now = FileStat.now();
            FileStat look = FileStat.of(path);
            if (Files.notExists(path)) {
                missing.add(file.path());
                continue;
            }
            if (scan.refused().containsKey(file.path()) || !Files.isRegularFile(path)) {
                changed.add(new ChangedFile(file.path(), List.of(), List.of(), List.of()));
                continue;
            }
            if (!known.vouchFor(file.path(), look)) {
                if (!contents.equal(checkout.version(), file, path)) {
                    changed.add(compare(repository, contents, checkout, file, path));
                } else if (look.settled(now) && FileStat.of(path).equals(look)) {
                    known.add(file.path(), look);
                }
            }
            FileStat itself = look.regular() ? look : FileStat.following(path);
            if (!FileContents.sameMode(file, itself, path)) {
                modes.add(new ChangedMode(file.path(), itself.executable()));
            }
        }
        known.save();
        scan.folders().forEach(folder -> added.add(folder + "/"));
        for (String folder : version.folders()) {
            boolean there =
                    added.remove(folder + "/") || Files.exists(checkout.folder().resolve(folder));
            if (!there && !checkout.partial()) {
                missing.add(folder + "/");
            }
        }
        return new FolderStatus(checkout, changed, modes, missing, List.copyOf(added), scan.refused());
    }

    private static ChangedFile compare(
            Repository repository, FileContents contents, CheckoutState checkout, FileEntry file, Path path)
            throws IOException {
        List<String> changed = new ArrayList<>();
        List<String> added = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        if (file.stored() == FileEntry.Storage.PARAMETERS) {
            Map<String, ObjectId> before = tensors(repository.lineage().manifest(checkout.version(), file.path()));
            tensors(contents.manifest(path)).forEach((name, object) -> {
                Optional<ObjectId> old = Optional.ofNullable(before.remove(name));
                if (old.isEmpty()) {
                    added.add(name);
                } else if (!old.get().equals(object)) {
                    changed.add(name);
                }
            });
            missing.addAll(before.keySet());
        }
        return new ChangedFile(file.path(), changed, added, missing);
    }

    private static Map<String, ObjectId> tensors(Manifest manifest) {
        Map<String, ObjectId> tensors = new TreeMap<>();
        manifest.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor.object()));
        return tensors;
    }
}
