package dev.mgit.lineage.imports;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.DescribedFiles;
import dev.mgit.lineage.checkpoint.SuggestedName;
import dev.mgit.lineage.checkpoint.TrainingStep;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds checkpoints below a folder: snapshots in a hub's cache ({@link HubScan}), trainers' {@code checkpoint-N} folders,
 * folders that are one model ({@link ModelTree}), and single files, with those they describe ({@link DescribedFiles}). Links to folders are not followed, so a circle of
 * links ends nothing but itself. Whatever is not taken is listed with the reason.
 */
final class ImportScan {
    private static final int DEEPEST = 64;

    final List<FoundCheckpoint> found = new ArrayList<>();
    /** What holds weights, as it seems, and cannot be taken. */
    final Map<Path, String> skipped = new LinkedHashMap<>();
    /** What is no model, or not looked into. */
    final Map<Path, String> passedOver = new LinkedHashMap<>();

    private final HubScan hub = new HubScan(found, passedOver);
    private final boolean recursive;

    private ImportScan(boolean recursive) {
        this.recursive = recursive;
    }

    /**
     * @param recursive look into all folders below, not only into those right below
     * @throws MgitException of kind USAGE if a path does not exist
     */
    static ImportScan of(List<Path> paths, boolean recursive) throws IOException {
        var scan = new ImportScan(recursive);
        for (Path path : paths) {
            if (Files.notExists(path)) {
                throw MgitException.usage("there is no file or folder '" + path + "'");
            }
            if (!Files.isDirectory(path)) {
                scan.file(path);
            } else if (!scan.hub.snapshot(path)) {
                scan.folder(path, 0);
            }
        }
        return scan;
    }

    private void file(Path file) throws IOException {
        alone(file, "", ModelFolders.written(file));
    }

    private void alone(Path path, String label, Instant when) throws IOException {
        SuggestedName name = SuggestedName.of(path);
        Optional<String> last = name.label(path);
        // Suffixes of no known format are kept.
        String own = last.isPresent() || isDescription(path) ? name.name() : ModelFolders.stem(path);
        found.add(new FoundCheckpoint(path, own, name.place(), last.orElse(label), last.isPresent(), when));
    }

    private static boolean isDescription(Path path) throws IOException {
        return !DescribedFiles.of(path).isEmpty();
    }

    private void folder(Path folder, int depth) {
        try {
            if (HubScan.isModel(folder)) {
                hub.model(folder);
                return;
            }
            List<Path> children = ModelFolders.children(folder);
            List<Path> weights =
                    children.stream().filter(ModelFolders::isWeights).toList();
            List<Path> steps = steps(folder, children, !weights.isEmpty());
            List<Path> own =
                    children.stream().filter(child -> !steps.contains(child)).toList();
            if (ModelTree.isOne(folder, own, weights)) {
                String label = steps.isEmpty() ? "" : "final";
                List<Path> newest = weights.isEmpty() ? ModelFolders.weightsBelow(folder) : weights;
                alone(folder, label, ModelFolders.newest(newest));
            } else {
                apart(own, weights, depth);
            }
        } catch (IOException | DirectoryIteratorException e) {
            skipped.put(folder, "cannot be read");
        }
    }

    /**
     * A trainer's checkpoints: versions of one model, in the order of their steps. DeepSpeed's {@code global_step10/}
     * beside weights is the training state of those.
     */
    private List<Path> steps(Path folder, List<Path> children, boolean besideWeights) throws IOException {
        List<Path> steps = new ArrayList<>();
        for (Path child : children) {
            boolean part = besideWeights && ModelFolders.name(child).startsWith("global_step");
            if (!part && isStep(child) && ModelFolders.hasWeightsBelow(child)) {
                steps.add(child);
            }
        }
        steps.sort(Comparator.comparingLong(ImportScan::number));
        SuggestedName name = SuggestedName.of(folder);
        steps.forEach(step -> found.add(new FoundCheckpoint(
                step, name.name(), name.place(), ModelFolders.name(step), false, ModelFolders.written(step))));
        return steps;
    }

    /** Models of one file each, or of one that describes others, and folders to look into. */
    private void apart(List<Path> children, List<Path> weights, int depth) throws IOException {
        Map<Path, List<Path>> described = new LinkedHashMap<>();
        Set<Path> parts = new HashSet<>();
        for (Path child : children) {
            List<Path> files = DescribedFiles.of(child);
            if (!files.isEmpty()) {
                described.put(child, files);
                parts.addAll(files);
            }
        }
        List<Path> others =
                children.stream().filter(child -> !parts.contains(child)).toList();
        boolean cache = children.stream().anyMatch(child -> HubScan.isModel(child) || HubScan.isOtherRepository(child));
        for (Path child : others) {
            if (described.containsKey(child)) {
                alone(child, "", ModelFolders.newest(described.get(child)));
            } else if (weights.contains(child)) {
                file(child);
            } else if (Files.isDirectory(child)) {
                below(child, cache, depth);
            } else if (!cache || !HubScan.isBookkeeping(child)) {
                passedOver.put(child, ModelFolders.kind(child).what());
            }
        }
    }

    private void below(Path child, boolean cache, int depth) {
        if (cache && HubScan.isBookkeeping(child)) {
            return;
        }
        if (!ModelFolders.isFolder(child)) {
            passedOver.put(child, "a link to a folder, not followed; name it to import it");
        } else if (cache && HubScan.isOtherRepository(child)) {
            passedOver.put(child, "a dataset or space, not a model");
        } else if (ModelFolders.isHidden(child)) {
            passedOver.put(child, "a hidden folder");
        } else if (HubScan.isModel(child) || depth == 0 || recursive && depth < DEEPEST) {
            folder(child, depth + 1);
        } else {
            passedOver.put(child, "not searched without --recursive");
        }
    }

    static boolean isStep(Path child) {
        return ModelFolders.isFolder(child)
                && TrainingStep.ofName(ModelFolders.name(child)).isPresent();
    }

    private static long number(Path step) {
        return TrainingStep.ofName(ModelFolders.name(step)).orElse(0);
    }
}
