package dev.mgit.hooks.policy;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * How much of its parent's training compute a modification may take. Under the EU's guidelines on general-purpose AI,
 * whoever uses more than a third becomes its provider.
 *
 * @param share of the parent's compute, 1 for all of it
 * @param metric that holds the floating-point operations of a training: of a test, or a trailer
 */
record ComputeRule(double share, String metric) implements Rule {
    private static final double THIRD = 1.0 / 3;
    private static final String METRIC = "train_flops";
    private static final Set<EdgeKind> MODIFICATIONS = Set.of(
            EdgeKind.FINETUNE,
            EdgeKind.CONTINUE_PRETRAIN,
            EdgeKind.RL,
            EdgeKind.ADAPTER,
            EdgeKind.DISTILL,
            EdgeKind.PRUNE);

    static ComputeRule read(JsonObject json) {
        double share = json.optionalReal("share").orElse(THIRD);
        if (!(share > 0)) {
            throw new JsonException("a share of " + share);
        }
        return new ComputeRule(share, json.optionalString("metric").orElse(METRIC));
    }

    @Override
    public String name() {
        return "compute";
    }

    /** Where both are recorded. */
    @Override
    public boolean concerns(Version version, Facts facts) {
        return !shares(version, facts).isEmpty();
    }

    private record Share(ProvenanceEdge edge, double of) {}

    private List<Share> shares(Version version, Facts facts) {
        Optional<Double> own = facts.metric(version, metric);
        List<Share> shares = new ArrayList<>();
        for (ProvenanceEdge edge : version.origins()) {
            Optional<Double> parents = facts.version(edge.parent()).flatMap(parent -> facts.metric(parent, metric));
            if (MODIFICATIONS.contains(edge.kind()) && own.isPresent() && parents.isPresent() && parents.get() > 0) {
                shares.add(new Share(edge, own.get() / parents.get()));
            }
        }
        return shares;
    }

    @Override
    public List<String> objections(Version version, Facts facts) {
        return shares(version, facts).stream()
                .filter(used -> used.of() > share)
                .map(used -> String.format(
                        Locale.ROOT,
                        "took %.0f%% of the training compute of its parent %s, more than %.0f%%",
                        used.of() * 100,
                        facts.name(used.edge().parent()),
                        share * 100))
                .toList();
    }

    @Override
    public String advice() {
        return "have it reviewed as a model of your own, then raise 'share' in the policy for it";
    }
}
