package dev.mgit.lineage.export;

import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the lineage says in the words of a model card: the models a version was made from, and the Hub's
 * {@code base_model_relation}. A version without edges to other models was made from what its predecessors were made
 * from.
 *
 * @param relation {@code adapter}, {@code merge}, {@code quantized} or {@code finetune}, after the Hub's documentation of
 *     model cards; empty where none of them says how
 */
public record BaseModels(List<Base> bases, Optional<String> relation) {
    /**
     * One of them.
     *
     * @param name its id on the Hub where its files name one, else the model's name here
     * @param model the model's name here
     */
    public record Base(VersionId version, String name, String model) {
        /** Whether a card that says this means it: with or without the organization, in capitals or not. */
        boolean isCalled(String said) {
            return Stream.of(name, model)
                    .anyMatch(
                            known -> known.equalsIgnoreCase(said) || last(known).equals(last(said)));
        }

        private static String last(String name) {
            return name.substring(name.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        }
    }

    /** What decides where edges are of several kinds, the strongest first. */
    private static final List<String> RELATIONS = List.of("merge", "adapter", "quantized", "finetune", "");

    public BaseModels {
        bases = List.copyOf(bases);
    }

    static BaseModels of(Repository repository, VersionId id) {
        Lineage lineage = repository.lineage();
        List<ProvenanceEdge> edges = edges(lineage, id);
        if (edges.isEmpty()) {
            return new BaseModels(List.of(), Optional.empty());
        }
        String strongest = RELATIONS.stream()
                .filter(relation ->
                        edges.stream().anyMatch(edge -> relation(edge.kind()).equals(relation)))
                .findFirst()
                .orElseThrow();
        LineageGraph graph = repository.graph();
        var names = new HubNames(lineage);
        List<Base> bases = edges.stream()
                .filter(edge -> relation(edge.kind()).equals(strongest))
                .map(edge -> {
                    String model = graph.ownerOf(edge.parent()).orElse(edge.model());
                    return new Base(edge.parent(), names.of(edge, model, id).orElse(model), model);
                })
                .toList();
        return new BaseModels(bases, Optional.of(strongest).filter(relation -> !relation.isEmpty()));
    }

    /** Edges to other models, of the version or the nearest before it that has some. */
    private static List<ProvenanceEdge> edges(Lineage lineage, VersionId id) {
        for (Optional<VersionId> at = Optional.of(id); at.isPresent(); ) {
            Version version = lineage.version(at.get());
            List<ProvenanceEdge> others = version.origins().stream()
                    .filter(edge -> !edge.model().equals(version.model()))
                    .toList();
            if (!others.isEmpty()) {
                return others;
            }
            at = version.previous();
        }
        return List.of();
    }

    /** The Hub's word; empty where it has none, and decides for itself. */
    private static String relation(EdgeKind kind) {
        return switch (kind) {
            case FINETUNE, CONTINUE_PRETRAIN, RL, DISTILL, PRUNE, SEARCH -> "finetune";
            case QUANTIZE, CAST -> "quantized";
            case ADAPTER -> "adapter";
            case MERGE -> "merge";
            case CONVERT, COPY, OTHER -> "";
        };
    }

    /** The names to write, each once. */
    List<String> names() {
        return bases.stream().map(Base::name).distinct().toList();
    }

    /** Whether a card's list names these models, all of them and no other. */
    boolean agreesWith(List<String> said) {
        return said.stream().allMatch(name -> bases.stream().anyMatch(base -> base.isCalled(name)))
                && bases.stream().allMatch(base -> said.stream().anyMatch(base::isCalled));
    }
}
