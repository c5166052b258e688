package dev.mgit.lineage.imports;

import dev.mgit.lineage.checkpoint.SuggestedName;
import dev.mgit.lineage.hub.HubSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the snapshots in a cache of huggingface_hub: {@code models--ORG--NAME/snapshots/COMMIT}. */
final class HubScan {
    private static final String MODEL = "models--";
    private static final List<String> OTHERS = List.of("datasets--", "spaces--", "kernels--");

    private final List<FoundCheckpoint> found;
    private final Map<Path, String> passedOver;

    HubScan(List<FoundCheckpoint> found, Map<Path, String> passedOver) {
        this.found = found;
        this.passedOver = passedOver;
    }

    static boolean isModel(Path folder) {
        return ModelFolders.name(folder).startsWith(MODEL) && ModelFolders.isFolder(folder);
    }

    static boolean isOtherRepository(Path folder) {
        return OTHERS.stream().anyMatch(ModelFolders.name(folder)::startsWith);
    }

    /** What the library keeps in its cache for itself. */
    static boolean isBookkeeping(Path path) {
        return List.of("blobs", ".locks", "version.txt", "CACHEDIR.TAG").contains(ModelFolders.name(path));
    }

    /** Takes a snapshot that was named itself; false if the folder is none. */
    boolean snapshot(Path folder) throws IOException {
        Optional<HubSnapshot> snapshot = HubSnapshot.containing(folder);
        if (snapshot.isEmpty() || !snapshot.get().folder().equals(folder.toRealPath())) {
            return false;
        }
        Path model = snapshot.get().model();
        take(model, folder).ifPresent(found::add);
        return true;
    }

    /** Takes all snapshots of a model, the one its {@code refs/main} names last. */
    void model(Path model) throws IOException {
        Path snapshots = model.resolve("snapshots");
        List<FoundCheckpoint> taken = new ArrayList<>();
        List<Path> all = Files.isDirectory(snapshots) ? ModelFolders.children(snapshots) : List.of();
        for (Path snapshot : all) {
            if (ModelFolders.isFolder(snapshot)) {
                take(model, snapshot).ifPresent(taken::add);
            }
        }
        if (all.isEmpty()) {
            passedOver.put(model, "no file was downloaded completely");
        }
        String main = main(model);
        taken.sort(Comparator.comparing((FoundCheckpoint one) -> one.label().equals(main))
                .thenComparing(FoundCheckpoint::when));
        found.addAll(taken);
    }

    private Optional<FoundCheckpoint> take(Path model, Path folder) throws IOException {
        HubSnapshot snapshot = HubSnapshot.containing(folder)
                .orElseGet(() -> new HubSnapshot(folder.toAbsolutePath().normalize(), model));
        List<Path> weights = ModelFolders.weightsBelow(folder).stream()
                .filter(Files::isRegularFile)
                .toList();
        List<String> absent = snapshot.notDownloaded();
        if (weights.isEmpty()) {
            List<String> why = new ArrayList<>(snapshot.unfinished());
            why.add(
                    0,
                    "no weights were downloaded"
                            + (absent.isEmpty() ? "" : "; the hub has " + String.join(", ", absent)));
            passedOver.put(folder, String.join("; ", why));
            return Optional.empty();
        }
        absent.forEach(path -> passedOver.put(folder.resolve(path), "on the hub, not downloaded"));
        String name = SuggestedName.of(model).name();
        return Optional.of(new FoundCheckpoint(
                folder, name, model, ModelFolders.name(folder), false, ModelFolders.written(folder)));
    }

    /** The commit that the cache's {@code refs/main} names: the newest the user asked for. */
    private static String main(Path model) throws IOException {
        Path ref = model.resolve("refs").resolve("main");
        return Files.isRegularFile(ref) && Files.size(ref) < 256
                ? Files.readString(ref).strip()
                : "";
    }
}
