package dev.mgit.lineage.tensors;

import java.util.regex.Pattern;

/** What a parameter is for, as far as names in common use tell. */
public enum ParameterRole {
    HEAD(
            "head",
            "(^|[._])(lm_head|classifier|score|qa_outputs|cls|head|fc|out_proj|embed_out|output_layer)\\.[^.]*$|(^|\\.)(classifier|cls|lm_head|qa_outputs)\\."),
    EMBEDDINGS("embeddings", "embed|(^|[._])(wte|wpe)([._]|$)"),
    NORMS("norms", "norm|(^|[._])ln_?[0-9a-z]*\\."),
    ATTENTION("attention", "attn|attention|(^|\\.)(q|k|v|o)_proj|qkv"),
    MLP(
            "mlp",
            "mlp|ffn|feed_?forward|intermediate|output\\.dense|(^|\\.)(fc[0-9]+|w[123]|c_fc|dense_h_to_4h|dense_4h_to_h)\\.|experts?"),
    OTHER("the rest", "");

    private final String word;
    private final Pattern pattern;

    ParameterRole(String word, String pattern) {
        this.word = word;
        this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    }

    public String word() {
        return word;
    }

    public static ParameterRole of(String parameter) {
        boolean inBlock = LayerNames.isBlock(LayerNames.unit(parameter));
        for (ParameterRole part : values()) {
            if ((part != HEAD || !inBlock) && part.pattern.matcher(parameter).find()) {
                return part;
            }
        }
        return OTHER;
    }
}
