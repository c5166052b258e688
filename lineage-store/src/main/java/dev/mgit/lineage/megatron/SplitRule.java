package dev.mgit.lineage.megatron;

import java.util.regex.Pattern;

/**
 * How tensor parallelism cuts a parameter, by its name; after Megatron-LM ({@code tools/checkpoint}). Packed projections
 * are cut part by part: to put the shards of one after the other would mix the parts up.
 */
enum SplitRule {
    /** Mamba-2's projection in: {@code [z | x | B | C | dt]} along rows. */
    MAMBA_IN("(^|\\.)mixer\\.in_proj\\.weight$"),
    /** Mamba-2's convolution: {@code [x | B | C]} along rows. */
    MAMBA_CONVOLUTION("(^|\\.)mixer\\.conv1d\\.(weight|bias)$"),
    /** Into the feed-forward part; {@code [gate | up]} along rows where it is gated. */
    FEED_FORWARD_IN("(linear_fc1|dense_h_to_4h)\\.(weight|bias)\\d*$"),
    ROWS("(word_embeddings|output_layer|linear_qkv|query_key_value|linear_q_proj|linear_q_up_proj|linear_kv_up_proj)"
            + "\\.(weight|bias)$|(^|\\.)mixer\\.(A_log|D|dt_bias|norm\\.weight|dt_proj\\.(weight|bias))$"),
    COLUMNS("(linear_proj|self_attention\\.dense|linear_fc2|dense_4h_to_h)\\.weight\\d*$"
            + "|(^|\\.)mixer\\.(out_proj|x_proj)\\.weight$"),
    /** The same in every rank. */
    WHOLE("norm|position_embeddings|router|(linear_proj|dense|linear_fc2|dense_4h_to_h|out_proj)\\.bias\\d*$"
            + "|(linear_q_down_proj|linear_kv_down_proj)\\.weight$|inv_freq");

    private final Pattern names;

    SplitRule(String names) {
        this.names = Pattern.compile(names);
    }

    /** The rule for a parameter; {@link #WHOLE} where none is known, which is checked against the bytes. */
    static SplitRule of(String parameter) {
        for (SplitRule rule : values()) {
            if (rule.names.matcher(parameter).find()) {
                return rule;
            }
        }
        return WHOLE;
    }
}
