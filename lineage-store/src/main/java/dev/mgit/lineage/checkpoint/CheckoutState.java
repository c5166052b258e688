package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.repository.DurableFiles;
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
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What mgit put into a folder: which version, and what each file looked like to the file system when it was right.
 * Kept below {@code .mgit}, keyed by the folder's path, so that nothing is added to the model's own files.
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
            Optional<CheckoutState> state = read(repository, stateFile(repository, folder));
            if (state.isPresent()) {
                return state;
            }
        }
        return Optional.empty();
    }

    /** All folders that hold a checked-out version and still exist. */
    public static List<CheckoutState> all(Repository repository) throws IOException {
        List<CheckoutState> states = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(repository.files().checkouts(), "*.json")) {
            for (Path file : files) {
                read(repository, file)
                        .filter(state -> Files.isDirectory(state.folder()))
                        .ifPresent(states::add);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        states.sort(Comparator.comparing(CheckoutState::folder));
        return states;
    }

    /** What is wrong with files that say what is checked out where, one sentence each. */
    public static List<String> damage(Repository repository) throws IOException {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(repository.files().checkouts(), "*.json")) {
            for (Path file : files) {
                try {
                    read(repository, file);
                } catch (MgitException e) {
                    found.add(e.getMessage());
                }
            }
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return found;
    }

    /** Makes this what is known of its folder. */
    void record(Repository repository) throws IOException {
        Files.createDirectories(repository.files().checkouts());
        DurableFiles.replace(stateFile(repository, folder), bytes(repository));
    }

    /** What {@link #stateFile} holds. */
    byte[] bytes(Repository repository) {
        return CheckedJson.bytes(json(repository));
    }

    /** Where what is known of a folder is kept. */
    static Path stateFile(Repository repository, Path folder) {
        byte[] hash = Hashes.sha256().digest(key(repository, folder).getBytes(StandardCharsets.UTF_8));
        return repository.files().checkouts().resolve(HexFormat.of().formatHex(hash, 0, 12) + ".json");
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
            for (String path : entries.members().keySet()) {
                List<Long> print = entries.numbers(path);
                files.put(path, new Fingerprint(print.get(0), print.get(1)));
            }
            return Optional.of(new CheckoutState(
                    repository.root().resolve(json.string("folder")).normalize(),
                    json.string("model"),
                    new VersionId(json.string("version")),
                    json.flag("partial"),
                    files));
        } catch (JsonException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    file + " is damaged: " + e.getMessage(),
                    "remove it; mgit then no longer treats the folder as a checkout",
                    e);
        }
    }
}
