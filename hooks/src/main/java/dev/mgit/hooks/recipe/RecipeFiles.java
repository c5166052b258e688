package dev.mgit.hooks.recipe;

import dev.mgit.hooks.CodeFiles;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What recipes read on this machine: files by their digests, and interpreters. Each is looked at once. */
final class RecipeFiles {
    private final Workspace workspace;
    private final Map<Path, Optional<String>> digests = new HashMap<>();
    private final Map<List<String>, EnvironmentCapture.Interpreter> interpreters = new HashMap<>();

    RecipeFiles(Workspace workspace) {
        this.workspace = workspace;
    }

    /** Relative to the repository's folder where it is below it, absolute otherwise. */
    String relative(Path path) {
        Path root = workspace.root().toAbsolutePath().normalize();
        Path absolute =
                path.isAbsolute() ? path.normalize() : root.resolve(path).normalize();
        if (!absolute.startsWith(root)) {
            return absolute.toString();
        }
        String text = root.relativize(absolute).toString();
        return text.isEmpty() ? "." : text;
    }

    /** SHA-256 of a file or folder by its recorded path; empty if it is not there. */
    Optional<String> digest(String path) {
        return digests.computeIfAbsent(
                workspace.root().resolve(path).toAbsolutePath().normalize(),
                file -> Files.exists(file) ? Optional.of(FolderTools.digest(file)) : Optional.empty());
    }

    /** When something in a file or folder was written last, and how large it is. */
    record Look(Instant modified, long bytes) {}

    /** Empty if it is not there. */
    Optional<Look> look(String path) {
        Path file = workspace.root().resolve(path);
        Instant modified = Instant.EPOCH;
        long bytes = 0;
        try (Stream<Path> paths = Files.walk(file)) {
            for (Path entry : (Iterable<Path>) paths::iterator) {
                BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
                Instant changed = attributes.lastModifiedTime().toInstant();
                modified = changed.isAfter(modified) ? changed : modified;
                bytes += attributes.isRegularFile() ? attributes.size() : 0;
            }
            return Optional.of(new Look(modified, bytes));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Digests of the code a command runs, by recorded path. */
    Map<String, String> sources(Path directory, List<String> command, boolean shell) {
        Map<String, String> sources = new TreeMap<>();
        for (Path file : CodeFiles.of(workspace.root().resolve(directory), command, shell)) {
            String path = relative(file);
            digest(path).ifPresent(digest -> sources.put(path, digest));
        }
        return sources;
    }

    /** What executes a recipe's code, with the packages it sees. */
    EnvironmentCapture.Interpreter interpreter(Recipe recipe) {
        List<String> words = recipe.shell() ? CodeFiles.words(recipe.command()) : recipe.command();
        Path directory = workspace.root().resolve(recipe.directory()).normalize();
        if (words.isEmpty() || !Files.isDirectory(directory)) {
            return new EnvironmentCapture.Interpreter(Optional.empty(), Map.of());
        }
        return interpreters.computeIfAbsent(
                List.of(directory.toString(), words.get(0)),
                unused -> new EnvironmentCapture(workspace.environment()).interpreter(directory, words));
    }
}
