package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.FolderSwitch;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.SafePath;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What mgit put into a folder: which version, and which of its files. Kept below {@code .mgit}, or by the user where that
 * cannot be written, keyed by the folder's path, so that nothing is added to the model's own files.
 *
 * @param model its name now, whatever it was when the folder was written
 * @param partial true if the folder holds only some of the version's files
 * @param files paths of the files it was given
 */
public record CheckoutState(Path folder, String model, VersionId version, boolean partial, SortedSet<String> files) {
    /**
     * Stands where older versions of mgit noted a file's size and time, and read them as proof that it is unchanged: as
     * no file looks like this, they too compare the bytes.
     */
    private static final List<Long> NO_PROOF = List.of(-1L, 0L);

    /** The state of the checked-out folder that a path is or lies in. */
    public static Optional<CheckoutState> find(Repository repository, Path path) throws IOException {
        Path from = path.toAbsolutePath().normalize();
        for (Path folder = from; folder != null; folder = folder.getParent()) {
            Path known = folder;
            Optional<Path> file = latest(repository, fileName(repository, folder));
            Optional<CheckoutState> state = file.isEmpty()
                    ? Optional.empty()
                    : read(repository, file.get())
                            .filter(found -> found.folder().equals(known));
            if (state.isPresent()) {
                return state;
            }
        }
        return Optional.empty();
    }

    /** All folders that hold a checked-out version and still exist. */
    public static List<CheckoutState> all(Repository repository) throws IOException {
        Map<Path, CheckoutState> states = new TreeMap<>();
        Set<String> names = new TreeSet<>();
        files(repository).forEach(file -> names.add(String.valueOf(file.getFileName())));
        for (String name : names) {
            Optional<Path> file = latest(repository, name);
            Optional<CheckoutState> state = file.isEmpty() ? Optional.empty() : read(repository, file.get());
            state.filter(it -> Files.isDirectory(it.folder())).ifPresent(it -> states.put(it.folder(), it));
        }
        return List.copyOf(states.values());
    }

    /** The newer of two records of a folder, of which one was made while the repository could not be written. */
    private static Optional<Path> latest(Repository repository, String name) throws IOException {
        Optional<Path> latest = Optional.empty();
        for (Path place : repository.access().checkouts()) {
            Path file = place.resolve(name);
            if (Files.exists(file)
                    && (latest.isEmpty()
                            || Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(latest.get()))
                                    > 0)) {
                latest = Optional.of(file);
            }
        }
        return latest;
    }

    private static List<Path> files(Repository repository) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path place : repository.access().checkouts()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(place, "*.json")) {
                files.forEach(found::add);
            } catch (NoSuchFileException e) {
                // nothing was ever checked out
            }
        }
        return found;
    }

    /** What is wrong with files that say what is checked out where, one sentence each. */
    public static List<String> damage(Repository repository) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : files(repository)) {
            try {
                var unused = read(repository, file);
            } catch (MgitException e) {
                ResourceException.throwIfBehind(e);
                found.add(e.getMessage());
            }
        }
        return found;
    }

    /** Makes this what is known of its folder. */
    void record(Repository repository) throws IOException {
        Optional<FolderSwitch.CheckoutRecord> record = asRecord(repository);
        if (record.isPresent()) {
            Path file = record.get().file();
            Files.createDirectories(file.toAbsolutePath().getParent());
            DurableFiles.replace(file, record.get().content().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The file that makes this what is known of its folder; empty if the user has no place for it. */
    Optional<FolderSwitch.CheckoutRecord> asRecord(Repository repository) throws IOException {
        String name = fileName(repository, folder);
        Map<String, Object> sealed = repository.access().seal().sealed(name, json(repository));
        return repository
                .access()
                .writableCheckouts()
                .map(place -> new FolderSwitch.CheckoutRecord(place.resolve(name), CheckedJson.text(sealed)));
    }

    /** What files that say something of a folder are called. */
    static String fileName(Repository repository, Path folder) {
        byte[] hash = Hashes.sha256().digest(key(repository, folder).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 12) + ".json";
    }

    /** Relative inside the repository, so that the whole of it can be moved. */
    private static String key(Repository repository, Path folder) {
        return (folder.startsWith(repository.root()) ? repository.root().relativize(folder) : folder).toString();
    }

    private Map<String, Object> json(Repository repository) {
        var entries = new LinkedHashMap<String, Object>();
        files.forEach(path -> entries.put(path, NO_PROOF));
        return Map.of(
                "folder", key(repository, folder),
                "model", model,
                "version", version.hex(),
                "partial", partial,
                "files", entries);
    }

    private static Optional<CheckoutState> read(Repository repository, Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.isDirectory(file) ? new byte[0] : Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            JsonObject json = CheckedJson.parse(bytes);
            var files = new TreeSet<>(json.object("files").members().keySet());
            for (String path : files) {
                SafePath.refusal(path).ifPresent(why -> {
                    throw new JsonException("a path in it " + why);
                });
            }
            var version = new VersionId(json.string("version"));
            return Optional.of(new CheckoutState(
                    repository.root().resolve(json.string("folder")).normalize(),
                    new CurrentModel(repository.lineage()).of(json.string("model"), version),
                    version,
                    json.flag("partial"),
                    files));
        } catch (JsonException | MgitException | IllegalArgumentException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    file + " is damaged: " + e.getMessage(),
                    "remove it; mgit then no longer treats the folder as a checkout",
                    e);
        }
    }
}
