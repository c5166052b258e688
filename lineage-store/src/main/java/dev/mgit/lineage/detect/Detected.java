package dev.mgit.lineage.detect;

import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An origin in terms of what it was searched among.
 *
 * @param parents the main one first; several for merges
 * @param confidence see {@link Origin#confidence}
 * @param evidence in plain words, the weights first
 */
public record Detected(List<Parent> parents, EdgeKind kind, double confidence, List<String> evidence) {
    /**
     * A parent: a version, or another of the fresh checkpoints.
     *
     * @param fresh its place among the fresh checkpoints, empty for a version
     */
    public record Parent(String name, Optional<VersionId> version, Optional<Integer> fresh) {}

    /** What the step is, in words: {@code finetune of base}, {@code the same weights as base}. */
    public String words(List<Parent> named) {
        String names = named.stream().map(Parent::name).collect(Collectors.joining(" and "));
        return (kind == EdgeKind.COPY ? "the same weights as " : kind.word() + " of ") + names;
    }

    public Detected {
        parents = List.copyOf(parents);
        evidence = List.copyOf(evidence);
    }

    static Detected of(Origin origin, int fresh, List<VersionId> versions, List<Subject> subjects) {
        List<Parent> parents = origin.parents().stream()
                .map(place -> new Parent(
                        subjects.get(place).name(),
                        place < fresh ? Optional.<VersionId>empty() : Optional.of(versions.get(place - fresh)),
                        place < fresh ? Optional.of(place) : Optional.<Integer>empty()))
                .toList();
        return new Detected(parents, origin.kind(), origin.confidence(), origin.evidence());
    }
}
