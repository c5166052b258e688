package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What files of a folder looked like to the file system when they were known to hold what a version says, so that those
 * nobody touched need not be read again. Derived data: what is missing, damaged or of another version is hashed.
 */
final class KnownFiles {
    private final Path file;
    private final VersionId version;
    private final Map<String, FileStat> known = new HashMap<>();
    private boolean changed;

    private KnownFiles(Path file, VersionId version) {
        this.file = file;
        this.version = version;
    }

    /** Nothing is known yet of a version's files in a folder. */
    static KnownFiles none(Repository repository, Path folder, VersionId version) {
        return new KnownFiles(repository.knownFiles().resolve(CheckoutState.fileName(repository, folder)), version);
    }

    static KnownFiles load(Repository repository, CheckoutState checkout) {
        return load(repository, checkout.folder(), checkout.version());
    }

    static KnownFiles load(Repository repository, Path folder, VersionId version) {
        KnownFiles files = none(repository, folder, version);
        try {
            JsonObject json = CheckedJson.parse(Files.readAllBytes(files.file));
            if (json.string("version").equals(version.hex())) {
                JsonObject entries = json.object("files");
                for (String path : entries.members().keySet()) {
                    files.known.put(path, FileStat.of(entries.numbers(path)));
                }
            }
        } catch (IOException | JsonException e) {
            files.known.clear();
        }
        return files;
    }

    /** The version that a folder was last known to hold. */
    static Optional<VersionId> versionOf(Repository repository, Path folder) {
        Path file = repository.knownFiles().resolve(CheckoutState.fileName(repository, folder));
        try {
            return Optional.of(
                    new VersionId(CheckedJson.parse(Files.readAllBytes(file)).string("version")));
        } catch (IOException | JsonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** True if a file must hold what the version says, going by how it looks. */
    boolean vouchFor(String path, FileStat look) {
        return look.regular() && look.equals(known.get(path));
    }

    /**
     * Notes that a file was read and held what the version says.
     *
     * @param look at the file, from before it was read; settled then
     */
    void add(String path, FileStat look) {
        if (look.regular()) {
            changed |= !look.equals(known.put(path, look));
        }
    }

    /** Keeps what was learnt, where this user may write. */
    void save() {
        if (!changed) {
            return;
        }
        var entries = new LinkedHashMap<String, List<Long>>();
        known.forEach((path, look) -> entries.put(path, look.numbers()));
        try {
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            DurableFiles.replace(file, CheckedJson.bytes(Map.of("version", version.hex(), "files", entries)));
        } catch (IOException e) {
            // the files are hashed again next time
        }
    }
}
