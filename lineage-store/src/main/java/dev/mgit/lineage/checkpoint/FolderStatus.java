package dev.mgit.lineage.checkpoint;

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
import java.util.TreeMap;

/**
 * How a checked-out folder stands against its version.
 *
 * @param changed files whose bytes differ, in path order
 * @param added files that are not in the version and would be committed
 */
public record FolderStatus(
        CheckoutState checkout, List<ChangedFile> changed, List<String> missing, List<String> added) {
    /** A file whose bytes differ; for weights, the tensors that were changed, added or removed in it. */
    public record ChangedFile(
            String path, List<String> changedTensors, List<String> addedTensors, List<String> missingTensors) {}

    public boolean clean() {
        return changed.isEmpty() && missing.isEmpty() && added.isEmpty();
    }

    /** Looks at a folder. Files that look untouched to the file system are not read. */
    public static FolderStatus of(Repository repository, CheckoutState checkout) throws IOException {
        int threads = StoreSettings.of(repository.settings()).threads();
        var contents = new FileContents(repository, threads);
        Checkpoint version = repository.lineage().checkpoint(checkout.version());
        FolderScan scan = FolderScan.of(checkout.folder());
        List<ChangedFile> changed = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<String> added = new ArrayList<>(scan.files().keySet());
        for (FileEntry file : version.files()) {
            added.remove(file.path());
            Path path = checkout.folder().resolve(file.path());
            if (!checkout.files().containsKey(file.path())) {
                continue; // not part of a partial checkout
            }
            if (Files.notExists(path)) {
                missing.add(file.path());
            } else if (!checkout.files().get(file.path()).matches(path)
                    && !contents.equal(checkout.version(), file, path)) {
                changed.add(compare(repository, contents, checkout, file, path));
            }
        }
        return new FolderStatus(checkout, changed, missing, added);
    }

    private static ChangedFile compare(
            Repository repository, FileContents contents, CheckoutState checkout, FileEntry file, Path path)
            throws IOException {
        List<String> changed = new ArrayList<>();
        List<String> added = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        if (file.stored() == FileEntry.Stored.PARAMETERS) {
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
