package dev.mgit.lineage.tensors;

import java.util.regex.Pattern;

/**
 * What a parameter is for, as far as names in common use tell: those of Hugging Face's transformers and diffusers,
 * Megatron-LM, MegaBlocks, llama.cpp (GGUF) and Meta's own checkpoints.
 */
public enum ParameterRole {
    HEAD(
            "head",
            "output head",
            "(^|[._])(lm_head|classifier|score|qa_outputs|cls|head|fc|out_proj|embed_out|output_layer)\\.[^.]*$"
                    + "|(^|\\.)(classifier|cls|lm_head|qa_outputs)\\.|^output\\.(weight|bias)$"),
    EMBEDDINGS(
            "embeddings", "embedding", "^(?!.*norm).*(embed|embd)|(^|[._])(wte|wpe)([._]|$)|(^|\\.)shared\\.weight$"),
    NORMS("norms", "norm", "norm|(^|[._])ln_?[0-9a-z]*\\."),
    ROUTER(
            "router",
            "router",
            "(^|[._])router([._]|$)|gate_inp|exp_probs_b|shared_expert_gate"
                    + "|(^|\\.)(mlp|moe|block_sparse_moe|mixer|ffn|feed_forward)\\.gate\\."),
    MAMBA(
            "mamba",
            "mamba",
            "mamba|(^|[._])ssm([._]|$)|(^|\\.)mixer\\.(in_proj|out_proj|conv1d|x_proj|dt_proj|dt_bias|A_log|D)(\\.|$)"),
    EXPERTS("experts", "experts", "(^|[._])experts?([._]|$)|shared_experts?|_exps\\.|_shexp\\."),
    ATTENTION("attention", "attention", "attn|attention|(^|\\.)(q|k|v|o)_proj|qkv"),
    MLP(
            "mlp",
            "mlp",
            "mlp|ffn|feed_?forward|intermediate|output\\.dense|DenseReluDense|(^|\\.)(gate|up|gate_up|down)_proj\\."
                    + "|(^|\\.)(fc[0-9]+|w[123]|c_fc|dense_h_to_4h|dense_4h_to_h)\\."),
    OTHER("the rest", "other", "");

    private final String word;
    private final String title;
    private final Pattern pattern;

    ParameterRole(String word, String title, String pattern) {
        this.word = word;
        this.title = title;
        this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    }

    /** As it stands in a sentence. */
    public String word() {
        return word;
    }

    /** As it stands in a table. */
    public String title() {
        return title;
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
