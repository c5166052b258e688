package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * What a version keeps of another when a push replaces only some files. Large weights that stay are neither decoded nor
 * stored again: the new version names the same objects. Whatever else stays is written into the folder of changes, where
 * the checks that look into files find it.
 */
public final class Changes {
    /** Up to this size, a file is sooner written than treated specially. */
    private static final long SMALL = 8L << 20;

    /** Of these, checks look at the layout alone. */
    private static final Pattern WEIGHTS =
            Pattern.compile(".*\\.(safetensors|bin|pt|pth|ckpt|gguf|msgpack|h5|npz)", Pattern.CASE_INSENSITIVE);

    private final Optional<VersionId> base;
    private final List<FileEntry> referenced = new ArrayList<>();
    private final List<FileEntry> written = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();

    private Changes(Optional<VersionId> base) {
        this.base = base;
    }

    /** The first version of a model: nothing is kept. */
    public static Changes toNothing() {
        return new Changes(Optional.empty());
    }

    /** @param stays tells by its path whether a file of the version is kept */
    public static Changes to(Repository repository, VersionId base, Predicate<String> stays) {
        var changes = new Changes(Optional.of(base));
        Checkpoint checkpoint = repository.lineage().checkpoint(base);
        for (FileEntry file : checkpoint.files()) {
            if (stays.test(file.path())) {
                boolean byName = file.stored() == FileEntry.Storage.PARAMETERS
                        && file.size() > SMALL
                        && WEIGHTS.matcher(file.path()).matches();
                (byName ? changes.referenced : changes.written).add(file);
            }
        }
        changes.folders.addAll(checkpoint.folders());
        return changes;
    }

    /**
     * Puts what is kept and small beside the files that changed.
     *
     * @param folder of mgit's own, which has the changed files
     */
    public void completeIn(Repository repository, Path folder) throws IOException {
        writeTo(repository, folder, written);
    }

    /** Writes the large files that are kept as well, for whoever wants to see the whole. */
    void copyTo(Repository repository, Path folder) throws IOException {
        writeTo(repository, folder, referenced);
    }

    private void writeTo(Repository repository, Path folder, List<FileEntry> files) throws IOException {
        if (base.isPresent() && !files.isEmpty()) {
            new VersionFiles(repository, CopyProgress.none()).writeTo(folder, base.get(), files, List.of());
        }
    }

    /** Shows the checks what is in the store. Their layouts say all that is asked of such files. */
    void show(Repository repository, Path folder, FindingsSearch search) throws IOException {
        if (base.isEmpty() || referenced.isEmpty()) {
            return;
        }
        try (var store = new ObjectReader.Store(repository::parameters)) {
            for (FileEntry file : referenced) {
                Manifest manifest = repository.lineage().manifest(base.get(), file.path());
                search.kept(file.path(), folder.resolve(file.path()), manifest, ObjectReader.content(store, manifest));
            }
        }
    }

    /** What was stored of the folder, and what is kept beside it. */
    StoredCheckpoint join(Repository repository, StoredCheckpoint stored) {
        if (base.isEmpty()) {
            return stored;
        }
        List<FileEntry> files = new ArrayList<>(stored.files());
        VersionId kept = base.get();
        int tensors = stored.tensors();
        for (FileEntry file : referenced) {
            files.add(file);
            Supplier<Manifest> manifest = () -> repository.lineage().manifest(kept, file.path());
            tensors += manifest.get().tensors().size();
            stored.manifests().putElsewhere(file.path(), manifest);
        }
        files.sort(Comparator.comparing(FileEntry::path));
        List<String> empty = folders.stream()
                .filter(folder -> files.stream().noneMatch(file -> file.path().startsWith(folder + "/")))
                .toList();
        return new StoredCheckpoint(
                files,
                empty,
                stored.verbatim(),
                stored.manifests(),
                tensors,
                stored.ignored(),
                stored.newBytes(),
                stored.healedBytes(),
                stored.storedBytes(),
                stored.choosing(),
                stored.sampling(),
                stored.loss());
    }
}
