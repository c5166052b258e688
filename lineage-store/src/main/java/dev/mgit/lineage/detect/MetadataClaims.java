package dev.mgit.lineage.detect;

import java.util.List;

/**
 * What the files beside the weights say: context, to be weighed against the weights and never taken for them.
 *
 * @param bases models the README or an adapter's configuration names as what this was made from
 * @param relation {@code base_model_relation} of the README: adapter, merge, quantized or finetune; empty if not given
 * @param architecture model type and sizes from {@code config.json}; empty if there is none
 */
public record MetadataClaims(List<String> bases, String relation, String architecture) {
    /** Nothing is said. */
    public static final MetadataClaims NONE = new MetadataClaims(List.of(), "", "");

    public MetadataClaims {
        bases = List.copyOf(bases);
    }

    /** Whether a base, as a claim names it, means the model of a name. */
    public boolean isMeant(String base, String model) {
        return MetadataEvidence.names(base, model);
    }
}
