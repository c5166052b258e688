package dev.mgit.lineage.architecture;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/** The published shape of Nemotron-4 15B (arXiv 2402.16819), under the names Hugging Face's transformers gives. */
final class Nemotron15B {
    private static final long HIDDEN = 6144;
    private static final long HEADS = 48;
    private static final long KV_HEADS = 8;
    private static final long WIDTH = 24576;
    private static final long VOCABULARY = 256_000;
    static final int LAYERS = 32;

    private Nemotron15B() {}

    static List<TensorSpec> tensors() {
        List<TensorSpec> all = new ArrayList<>();
        long head = HIDDEN / HEADS;
        all.add(matrix("model.embed_tokens", VOCABULARY, HIDDEN));
        for (int i = 0; i < LAYERS; i++) {
            String layer = "model.layers." + i + ".";
            all.add(matrix(layer + "self_attn.q_proj", HIDDEN, HIDDEN));
            all.add(matrix(layer + "self_attn.k_proj", KV_HEADS * head, HIDDEN));
            all.add(matrix(layer + "self_attn.v_proj", KV_HEADS * head, HIDDEN));
            all.add(matrix(layer + "self_attn.o_proj", HIDDEN, HIDDEN));
            all.add(matrix(layer + "mlp.up_proj", WIDTH, HIDDEN));
            all.add(matrix(layer + "mlp.down_proj", HIDDEN, WIDTH));
            all.add(vector(layer + "input_layernorm.weight"));
            all.add(vector(layer + "input_layernorm.bias"));
            all.add(vector(layer + "post_attention_layernorm.weight"));
            all.add(vector(layer + "post_attention_layernorm.bias"));
        }
        all.add(vector("model.norm.weight"));
        all.add(vector("model.norm.bias"));
        all.add(matrix("lm_head", VOCABULARY, HIDDEN));
        return all;
    }

    private static TensorSpec matrix(String layer, long rows, long columns) {
        return new TensorSpec(layer + ".weight", Dtype.BF16, List.of(rows, columns));
    }

    private static TensorSpec vector(String name) {
        return new TensorSpec(name, Dtype.BF16, List.of(HIDDEN));
    }
}
