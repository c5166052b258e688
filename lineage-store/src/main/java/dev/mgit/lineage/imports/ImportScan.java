package dev.mgit.lineage.imports;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds checkpoints below a folder: models of a Hugging Face cache ({@code models--org--name/snapshots/COMMIT}, files
 * being links into {@code blobs}), trainers' {@code checkpoint-N} folders, folders with weights, and single files.
 * Links to folders are not followed, so a circle of links ends nothing but itself.
 */
final class ImportScan {
    private static final Pattern WEIGHTS =
            Pattern.compile(".*\\.(safetensors|bin|pt|pth|ckpt|onnx|gguf|npz|npy)", Pattern.CASE_INSENSITIVE);
    private static final Pattern NO_MODEL = Pattern.compile(
            "(training_args|optimizer|scheduler|scaler|rng_state|tokenizer|vocab).*", Pattern.CASE_INSENSITIVE);
    private static final Pattern SHARD = Pattern.compile("(.*?)[-_.]?\\d{5}-of-\\d{5}(.*)");
    private static final Pattern STEP =
            Pattern.compile("(?:checkpoint|ckpt|step|steps|epoch|iter|global_step)[-_]?(\\d{1,18})");
    private static final String HUB_MODEL = "models--";
    private static final int DEEPEST = 64;

    final List<FoundCheckpoint> found = new ArrayList<>();
    final Map<Path, String> skipped = new LinkedHashMap<>();
    private final boolean recursive;

    private ImportScan(boolean recursive) {
        this.recursive = recursive;
    }

    /**
     * @param recursive look into all folders below, not only into those right below
     * @throws MgitException of kind USAGE if a path does not exist
     */
    static ImportScan of(List<Path> paths, boolean recursive) {
        var scan = new ImportScan(recursive);
        for (Path path : paths) {
            if (Files.notExists(path)) {
                throw MgitException.usage("there is no file or folder '" + path + "'");
            }
            if (Files.isDirectory(path)) {
                scan.folder(path, 0);
            } else {
                scan.file(path);
            }
        }
        return scan;
    }

    private void file(Path file) {
        found.add(new FoundCheckpoint(file, stem(file), file, "", written(file)));
    }

    private void folder(Path folder, int depth) {
        try {
            if (name(folder).startsWith(HUB_MODEL) && Files.isDirectory(folder.resolve("snapshots"))) {
                hubModel(folder);
                return;
            }
            List<Path> children = children(folder);
            List<Path> weights = children.stream().filter(ImportScan::isWeights).toList();
            List<Path> steps = children.stream()
                    .filter(ImportScan::isFolder)
                    .filter(child -> STEP.matcher(name(child)).matches())
                    .sorted(Comparator.comparing(ImportScan::number))
                    .toList();
            for (Path step : steps) {
                if (children(step).stream().anyMatch(ImportScan::isWeights)) {
                    found.add(new FoundCheckpoint(step, name(folder), folder, name(step), written(step)));
                }
            }
            if (!weights.isEmpty()) {
                checkpoint(folder, children, weights, !steps.isEmpty());
            } else if (depth == 0 || recursive && depth < DEEPEST) {
                for (Path child : children) {
                    if (isFolder(child) && !name(child).startsWith(".") && !steps.contains(child)) {
                        folder(child, depth + 1);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            skipped.put(folder, "cannot be read");
        }
    }

    /** A folder is one checkpoint, unless it only holds weights that have nothing to do with one another. */
    private void checkpoint(Path folder, List<Path> children, List<Path> weights, boolean hasSteps) {
        boolean described = children.stream()
                .anyMatch(
                        child -> name(child).matches("(adapter_)?config\\.json|model_index\\.json|.*\\.index\\.json"));
        long apart = weights.stream()
                .map(file -> SHARD.matcher(name(file)).replaceFirst("$1$2"))
                .distinct()
                .count();
        if (described || apart == 1) {
            String label = hasSteps ? "final" : "";
            found.add(new FoundCheckpoint(folder, name(folder), folder, label, newest(weights)));
        } else {
            weights.forEach(this::file);
        }
    }

    private void hubModel(Path model) throws IOException {
        String named = name(model).substring(HUB_MODEL.length()).replace("--", "/");
        List<FoundCheckpoint> snapshots = new ArrayList<>();
        for (Path snapshot : children(model.resolve("snapshots"))) {
            List<Path> weights = isFolder(snapshot)
                    ? children(snapshot).stream().filter(ImportScan::isWeights).toList()
                    : List.of();
            if (!weights.isEmpty()) {
                snapshots.add(new FoundCheckpoint(snapshot, named, model, name(snapshot), written(snapshot)));
            }
        }
        String main = main(model);
        snapshots.sort(Comparator.comparing(
                        (FoundCheckpoint snapshot) -> snapshot.label().equals(main))
                .thenComparing(FoundCheckpoint::when));
        found.addAll(snapshots);
    }

    /** The commit that the cache's {@code refs/main} names: the newest the user asked for. */
    private static String main(Path model) throws IOException {
        Path ref = model.resolve("refs").resolve("main");
        return Files.isRegularFile(ref) && Files.size(ref) < 256
                ? Files.readString(ref).strip()
                : "";
    }

    private List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(children::add);
        }
        children.sort(Comparator.comparing(ImportScan::name));
        return children;
    }

    private static boolean isFolder(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isWeights(Path path) {
        String name = name(path);
        return WEIGHTS.matcher(name).matches()
                && !NO_MODEL.matcher(name).matches()
                && (Files.isRegularFile(path) || Files.isSymbolicLink(path) && !Files.isDirectory(path));
    }

    private static BigInteger number(Path step) {
        Matcher matcher = STEP.matcher(name(step));
        return matcher.matches() ? new BigInteger(matcher.group(1)) : BigInteger.ZERO;
    }

    private static Instant newest(List<Path> files) {
        return files.stream()
                .map(ImportScan::written)
                .max(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
    }

    private static Instant written(Path path) {
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

    private static String stem(Path file) {
        String name = name(file);
        return WEIGHTS.matcher(name).matches()
                ? name.substring(0, name.toLowerCase(Locale.ROOT).lastIndexOf('.'))
                : name;
    }
}
