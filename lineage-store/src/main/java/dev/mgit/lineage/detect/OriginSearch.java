package dev.mgit.lineage.detect;

import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the origins of fresh checkpoints among each other and in a library of versions. */
public final class OriginSearch {
    /** Models compared in full with each checkpoint: whoever shares fewer keys than so many others is no parent. */
    static final int CANDIDATES = 24;

    /** The versions that may be parents, and what is known of them. */
    public interface Library {
        /** The versions likest a sketch, by what an index says. */
        List<VersionId> near(ModelSketch sketch, int limit);

        Optional<ModelSketch> sketch(VersionId version);

        String name(VersionId version);

        /** What a version is known to come from. */
        List<VersionId> parents(VersionId version);
    }

    private final List<Subject> subjects;
    private final List<VersionId> versions = new ArrayList<>();
    private final Map<VersionId, Integer> places = new HashMap<>();
    private final Library library;

    private OriginSearch(List<Subject> fresh, Library library) {
        this.subjects = new ArrayList<>(fresh);
        this.library = library;
    }

    /** The origin of each fresh checkpoint; empty for those that come from none of the others. */
    public static List<Optional<Detected>> of(List<Subject> fresh, Library library) {
        return new OriginSearch(fresh, library).run(fresh.size());
    }

    private List<Optional<Detected>> run(int fresh) {
        List<List<Integer>> near = new ArrayList<>();
        var table = new KeyTable();
        for (int i = 0; i < fresh; i++) {
            table.add(i, subjects.get(i).sketch());
            near.add(settled(subjects.get(i).sketch()));
        }
        for (int i = 0; i < fresh; i++) {
            near.get(i).addAll(table.search(subjects.get(i).sketch(), CANDIDATES));
        }
        adapters();
        return LineageInference.of(subjects, known(), i -> i < fresh ? near.get(i) : List.of())
                .subList(0, fresh)
                .stream()
                .map(origin -> origin.map(found -> Detected.of(found, fresh, versions, subjects)))
                .toList();
    }

    /** The adapters of what was found, whose weights are like nothing: one of them may have been merged. */
    private void adapters() {
        int[] keys = subjects.stream()
                .mapToInt(subject -> SketchKeys.adapterOf(subject.name()))
                .sorted()
                .distinct()
                .toArray();
        settled(new ModelSketch(List.of(), MetadataClaims.NONE, List.of(), keys));
    }

    private List<Integer> settled(ModelSketch sketch) {
        List<Integer> found = new ArrayList<>();
        for (VersionId version : library.near(sketch, CANDIDATES)) {
            if (!places.containsKey(version)) {
                library.sketch(version).ifPresent(known -> {
                    places.put(version, subjects.size());
                    versions.add(version);
                    subjects.add(new Subject(library.name(version), Optional.empty(), known, true));
                });
            }
            Optional.ofNullable(places.get(version)).ifPresent(found::add);
        }
        return found;
    }

    private Map<Integer, Integer> known() {
        Map<Integer, Integer> known = new HashMap<>();
        for (VersionId version : versions) {
            library.parents(version).stream()
                    .filter(places::containsKey)
                    .findFirst()
                    .ifPresent(parent -> known.put(places.get(version), places.get(parent)));
        }
        return known;
    }
}
