package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.FolderSwitch;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * What mgit put into a folder: which version, and what each file looked like to the file system when it was right.
 * Kept below {@code .mgit}, or by the user where that cannot be written, keyed by the folder's path, so that nothing is
 * added to the model's own files. What files looked like is believed only of records this user's mgit has sealed; with
 * any other record their bytes are compared.
 *
 * @param partial true if the folder holds only some of the version's files
 */
public record CheckoutState(
        Path folder, String model, VersionId version, boolean partial, TreeMap<String, Fingerprint> files) {
    /** Enough to tell without reading whether a file may have changed. */
    public record Fingerprint(long size, long modifiedNanos) {
        /** What no file looks like: of one that is known to differ from its version. */
        static final Fingerprint NONE = new Fingerprint(-1, 0);

        static Fingerprint of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Fingerprint(
                    attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }

        boolean matches(Path file) throws IOException {
            try {
                return equals(of(file));
            } catch (NoSuchFileException e) {
                return false;
            }
        }
    }

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
                found.add(e.getMessage());
            }
        }
        return found;
    }

    /** Makes this what is known of its folder. */
    void record(Repository repository) throws IOException {
        Optional<FolderSwitch.Record> record = asRecord(repository);
        if (record.isPresent()) {
            Path file = record.get().file();
            Files.createDirectories(file.toAbsolutePath().getParent());
            DurableFiles.replace(file, record.get().content().getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The file that makes this what is known of its folder; empty if the user has no place for it. */
    Optional<FolderSwitch.Record> asRecord(Repository repository) throws IOException {
        String name = fileName(repository, folder);
        Map<String, Object> sealed = repository.access().seal().sealed(name, json(repository));
        return repository
                .access()
                .writableCheckouts()
                .map(place -> new FolderSwitch.Record(place.resolve(name), CheckedJson.text(sealed)));
    }

    private static String fileName(Repository repository, Path folder) {
        byte[] hash = Hashes.sha256().digest(key(repository, folder).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, 12) + ".json";
    }

    /** Relative inside the repository, so that the whole of it can be moved. */
    private static String key(Repository repository, Path folder) {
        return (folder.startsWith(repository.root()) ? repository.root().relativize(folder) : folder).toString();
    }

    private Map<String, Object> json(Repository repository) {
        var entries = new LinkedHashMap<String, Object>();
        files.forEach((path, print) -> entries.put(path, List.of(print.size(), print.modifiedNanos())));
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
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            JsonObject json = CheckedJson.parse(bytes);
            var files = new TreeMap<String, Fingerprint>();
            JsonObject entries = json.object("files");
            boolean believed = repository.access().seal().holds(String.valueOf(file.getFileName()), json);
            for (String path : entries.members().keySet()) {
                Checkouts.requireSafe(path);
                List<Long> print = entries.numbers(path);
                files.put(path, believed ? new Fingerprint(print.get(0), print.get(1)) : Fingerprint.NONE);
            }
            return Optional.of(new CheckoutState(
                    repository.root().resolve(json.string("folder")).normalize(),
                    json.string("model"),
                    new VersionId(json.string("version")),
                    json.flag("partial"),
                    files));
        } catch (JsonException | MgitException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    file + " is damaged: " + e.getMessage(),
                    "remove it; the folder is then no longer known as a checkout",
                    e);
        }
    }
}
