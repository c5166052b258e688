package dev.mgit.lineage.completeness;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of a checkpoint as the checks see them.
 *
 * @param root the folder or file that is the checkpoint
 * @param files by path relative to it, with {@code /}
 * @param ignored paths left out by rules; folders end in {@code /}
 */
public record CheckpointContents(Path root, SortedMap<String, File> files, List<String> ignored) {
    /** Anything longer is no manifest but a model itself, and would not fit the memory. */
    private static final long LONGEST_JSON = 8L << 20;

    /** One file, already read by its reader. */
    public record File(String path, Path onDisk, long size, KeptLayout layout) {
        String folder() {
            return path.substring(0, path.lastIndexOf('/') + 1);
        }

        String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }
    }

    public CheckpointContents {
        files = new TreeMap<>(files);
        ignored = List.copyOf(ignored);
    }

    Collection<File> all() {
        return files.values();
    }

    boolean has(String path) {
        return files.containsKey(path);
    }

    /** Whether there is any file in a folder or below it. */
    boolean hasFolder(String folder) {
        String prefix = folder.endsWith("/") ? folder : folder + "/";
        SortedMap<String, File> from = files.tailMap(prefix);
        return !from.isEmpty() && from.firstKey().startsWith(prefix);
    }

    /** Whether rules leave a path out, itself or with its folder. */
    boolean ignores(String path) {
        return ignored.stream()
                .anyMatch(rule -> rule.endsWith("/") ? (path + "/").startsWith(rule) : path.equals(rule));
    }

    /** A JSON file's value; empty if it is not there, is none, or is too long for what it should be. */
    Optional<Object> json(File file) throws IOException {
        if (file.size() > LONGEST_JSON) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(Json.parse(Files.readAllBytes(file.onDisk())));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }
}
