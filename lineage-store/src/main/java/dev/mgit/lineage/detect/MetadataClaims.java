package dev.mgit.lineage.detect;

import java.util.List;

/**
 * What the files beside the weights say: context, to be weighed against the weights and never taken for them.
 *
 * @param bases models the README or an adapter's configuration names as what this was made from
 * @param loadedFrom {@code _name_or_path} of {@code config.json}: what was loaded before it was saved here, which may be
 *     the model itself; without parts that name no model, empty if none are left
 * @param relation {@code base_model_relation} of the README: adapter, merge, quantized or finetune; empty if not given
 * @param architecture model type and sizes from {@code config.json}; empty if there is none
 * @param adapter whether there is an {@code adapter_config.json}
 * @param step {@code global_step} of {@code trainer_state.json}, or {@link #NO_STEP}
 * @param runs what tells the run of a trainer that wrote the files, as digests: the same in all checkpoints of one run;
 *     none if no trainer left a trace
 */
public record MetadataClaims(
        List<String> bases,
        String loadedFrom,
        String relation,
        String architecture,
        boolean adapter,
        long step,
        List<String> runs) {
    static final long NO_STEP = -1;

    /** Nothing is said. */
    public static final MetadataClaims NONE = new MetadataClaims(List.of(), "", "", "", false, NO_STEP, List.of());

    public MetadataClaims {
        bases = List.copyOf(bases);
        runs = List.copyOf(runs);
    }

    /** The same, naming these models as what it was made from. */
    MetadataClaims withBases(String... names) {
        return new MetadataClaims(List.of(names), loadedFrom, relation, architecture, adapter, step, runs);
    }

    /** The same, loaded from there. */
    MetadataClaims withLoadedFrom(String name) {
        return new MetadataClaims(bases, name, relation, architecture, adapter, step, runs);
    }

    /**
     * Whether a model is named as what this was made from.
     *
     * @param self what this is called
     */
    boolean nameAsBase(String model, String self) {
        return bases.stream().anyMatch(base -> isMeant(base, model))
                || (isMeant(loadedFrom, model) && (model.equals(loadedFrom) || !isMeant(loadedFrom, self)));
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
