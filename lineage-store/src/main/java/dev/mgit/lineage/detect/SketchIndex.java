package dev.mgit.lineage.detect;

import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Sketches of versions on disk, one file each, and segments of an inverted index over their keys. Adding a model writes
 * its sketch and a small segment; segments of like size are merged (the logarithmic method of Bentley and Saxe, 1980),
 * so a key is rewritten O(log N) times and a search looks into O(log N) files. Derived data: whatever is missing or
 * damaged counts as not there. Writers hold the repository's lock; readers need none.
 */
public final class SketchIndex {
    private static final String LIST = "segments";
    private static final String SEGMENT = "keys-";

    private final Path folder;

    /** @param folder where the index is kept; made when something is added */
    public SketchIndex(Path folder) {
        this.folder = folder;
    }

    private Path sketchFile(VersionId id) {
        return folder.resolve(id.hex().substring(0, 2)).resolve(id.hex().substring(2));
    }

    /** The sketch of a version, empty if it has none or a damaged one. */
    public Optional<ModelSketch> sketch(VersionId id) {
        return SketchFile.read(sketchFile(id));
    }

    /** Versions with a sketch that searches find. */
    public Set<VersionId> versions() {
        Set<VersionId> versions = new HashSet<>();
        for (String name : segments()) {
            try (KeySegment segment = KeySegment.open(folder.resolve(name))) {
                for (int i = 0; i < segment.models(); i++) {
                    VersionId id = segment.model(i);
                    if (Files.exists(sketchFile(id))) {
                        versions.add(id);
                    }
                }
            } catch (IOException e) {
                // its models are sketched anew
            }
        }
        return versions;
    }

    /** Adds models. What was added stays added, in whatever moment the process ends. */
    public void add(Map<VersionId, ModelSketch> sketches) throws IOException {
        if (sketches.isEmpty()) {
            return;
        }
        for (Map.Entry<VersionId, ModelSketch> sketch : sketches.entrySet()) {
            SketchFile.write(sketchFile(sketch.getKey()), sketch.getValue());
        }
        Map<VersionId, int[]> merged = new LinkedHashMap<>();
        sketches.forEach((id, sketch) -> merged.put(id, sketch.keys()));
        List<String> kept = new ArrayList<>(segments());
        List<String> replaced = new ArrayList<>();
        while (!kept.isEmpty() && models(kept.get(kept.size() - 1)) <= merged.size()) {
            String last = kept.remove(kept.size() - 1);
            replaced.add(last);
            keysOf(last).forEach(merged::putIfAbsent);
        }
        publish(kept, merged, replaced);
    }

    /** Keeps only some versions; those of them that have no sound sketch are dropped too. */
    public void retain(Collection<VersionId> alive) throws IOException {
        Map<VersionId, int[]> keys = new LinkedHashMap<>();
        for (VersionId id : alive) {
            sketch(id).ifPresent(sketch -> keys.put(id, sketch.keys()));
        }
        Set<VersionId> dead = versions();
        dead.removeAll(keys.keySet());
        publish(List.of(), keys, segments());
        for (VersionId id : dead) {
            Files.deleteIfExists(sketchFile(id));
        }
    }

    private void publish(List<String> kept, Map<VersionId, int[]> added, List<String> replaced) throws IOException {
        Files.createDirectories(folder);
        List<String> names = new ArrayList<>(kept);
        String name = freshName();
        KeySegment.write(folder.resolve(name), new ArrayList<>(added.entrySet()));
        names.add(name);
        DurableFiles.replace(folder.resolve(LIST), String.join("\n", names).getBytes(StandardCharsets.US_ASCII));
        for (String old : replaced) {
            Files.deleteIfExists(folder.resolve(old));
        }
    }

    private String freshName() throws IOException {
        int largest = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = String.valueOf(file.getFileName());
                if (name.matches(SEGMENT + "[0-9]{1,9}")) {
                    largest = Math.max(largest, Integer.parseInt(name.substring(SEGMENT.length())));
                }
            }
        }
        return SEGMENT + (largest + 1);
    }

    private List<String> segments() {
        try {
            Path list = folder.resolve(LIST);
            if (!Files.isRegularFile(list) || Files.size(list) > 1 << 16) {
                return List.of();
            }
            return new String(Files.readAllBytes(list), StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.matches(SEGMENT + "[0-9]{1,9}"))
                    .distinct()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private int models(String segment) {
        try (KeySegment opened = KeySegment.open(folder.resolve(segment))) {
            return opened.models();
        } catch (IOException e) {
            return 0;
        }
    }

    private Map<VersionId, int[]> keysOf(String name) {
        Map<VersionId, int[]> keys = new LinkedHashMap<>();
        try (KeySegment segment = KeySegment.open(folder.resolve(name))) {
            for (Map.Entry<Integer, int[]> model : segment.keys().entrySet()) {
                keys.put(segment.model(model.getKey()), model.getValue());
            }
        } catch (IOException e) {
            // its models are sketched anew
        }
        return keys;
    }

    /** The versions that share most keys with a sketch, most first. */
    public List<VersionId> search(ModelSketch sketch, int limit) {
        Map<VersionId, Integer> votes = new HashMap<>();
        for (String name : segments()) {
            try (KeySegment segment = KeySegment.open(folder.resolve(name))) {
                int[] found = segment.votes(sketch.keys());
                for (int model : NearestModels.largest(found, limit)) {
                    votes.merge(segment.model(model), found[model], Math::max);
                }
            } catch (IOException e) {
                // its models are sketched anew
            }
        }
        return NearestModels.of(votes, Comparator.<VersionId>naturalOrder(), limit);
    }
}
