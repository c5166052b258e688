package dev.mgit.lineage.detect;

import java.util.List;

/**
 * What the files beside the weights say: context, to be weighed against the weights and never taken for them.
 *
 * @param bases models the README or an adapter's configuration names as what this was made from
 * @param relation {@code base_model_relation} of the README: adapter, merge, quantized or finetune; empty if not given
 * @param architecture model type and sizes from {@code config.json}; empty if there is none
 * @param adapter whether there is an {@code adapter_config.json}
 * @param step {@code global_step} of {@code trainer_state.json}, or {@link #NO_STEP}
 * @param runs what tells the run of a trainer that wrote the files, as digests: the same in all checkpoints of one run;
 *     none if no trainer left a trace
 */
public record MetadataClaims(
        List<String> bases, String relation, String architecture, boolean adapter, long step, List<String> runs) {
    static final long NO_STEP = -1;

    /** Nothing is said. */
    public static final MetadataClaims NONE = new MetadataClaims(List.of(), "", "", false, NO_STEP, List.of());

    public MetadataClaims {
        bases = List.copyOf(bases);
        runs = List.copyOf(runs);
    }

    /** The same, naming these models as what it was made from. */
    MetadataClaims withBases(String... names) {
        return new MetadataClaims(List.of(names), relation, architecture, adapter, step, runs);
    }

    /** Whether a trainer wrote the files. */
    boolean isTrained() {
        return step > 0 || !runs.isEmpty();
    }

    /** Whether both were written in one run of a trainer. */
    boolean sharesRunWith(MetadataClaims other) {
        return runs.stream().anyMatch(other.runs::contains);
    }

    /** Whether a base, as a claim names it, means the model of a name. */
    public boolean isMeant(String base, String model) {
        return MetadataEvidence.names(base, model);
    }
}
