package dev.mgit.lineage.imports;

import dev.mgit.delta.format.FileKind;
import dev.mgit.delta.format.TrainingState;
import dev.mgit.delta.layout.FileByteSource;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** Looks at folders and files as an import does: links to folders are not followed, files only opened at their start. */
final class ModelFolders {
    private static final int DEEPEST = 16;

    private ModelFolders() {}

    /** What is in a folder, by name. */
    static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        }
        children.sort(Comparator.comparing(ModelFolders::name));
        return children;
    }

    static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether a file, or a link that stands for one, holds a model's weights as far as can be told, and is no trainer's. */
    static boolean isWeights(Path path) {
        if (Files.isDirectory(path) || !Files.isRegularFile(path) && !Files.isSymbolicLink(path)) {
            return false;
        }
        return !TrainingState.isFile(name(path)) && kind(path).isModel();
    }

    /** What a file is; one that cannot be read is what its name says. */
    static FileKind kind(Path file) {
        if (Files.isRegularFile(file)) {
            try (FileByteSource source = FileByteSource.open(file)) {
                return FileKind.of(name(file), source);
            } catch (IOException e) {
                return unread(file, "not readable");
            }
        }
        return unread(file, Files.isSymbolicLink(file) ? "a broken link" : "not a regular file");
    }

    private static FileKind unread(Path file, String why) {
        return new FileKind(why, FileKind.byName(name(file)).isPresent());
    }

    /** Weights in a folder and below it. */
    static List<Path> weightsBelow(Path folder) throws IOException {
        List<Path> weights = new ArrayList<>();
        collect(folder, 0, weights);
        return weights;
    }

    /** Looks no further than the first. */
    static boolean hasWeightsBelow(Path folder) throws IOException {
        return hasWeights(folder, 0);
    }

    private static boolean hasWeights(Path folder, int depth) throws IOException {
        List<Path> children = children(folder);
        if (children.stream().anyMatch(ModelFolders::isWeights)) {
            return true;
        }
        for (Path child : children) {
            if (isFolder(child) && depth < DEEPEST && !isHidden(child) && hasWeights(child, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    private static void collect(Path folder, int depth, List<Path> weights) throws IOException {
        for (Path child : children(folder)) {
            if (isFolder(child) && depth < DEEPEST && !isHidden(child)) {
                collect(child, depth + 1, weights);
            } else if (isWeights(child)) {
                weights.add(child);
            }
        }
    }

    static boolean isHidden(Path path) {
        return name(path).startsWith(".");
    }

    static Instant newest(List<Path> files) {
        return files.stream()
                .map(ModelFolders::written)
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
    }

    static Instant written(Path path) {
        try {
            return Files.getLastModifiedTime(path).toInstant();
        } catch (IOException e) {
            return Instant.EPOCH;
        }
    }

    static String name(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return Objects.requireNonNullElse(name, Path.of("model")).toString();
    }

    /** A file's or package's name without the suffix of its format. */
    static String stem(Path path) {
        return FileKind.stem(name(path));
    }
}
