package dev.mgit.bench;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Nemotron-4 15B in bf16 (arXiv 2402.16819), or a model of its proportions: 32 layers, grouped-query attention, a
 * squared-ReLU feed-forward part four times as wide as the model, embedding and head not tied.
 *
 * @param hidden width of the residual stream, a multiple of 128
 */
record NemotronShape(long hidden) {
    private static final long PUBLISHED = 6144;
    private static final long HEAD = 128;
    private static final int LAYERS = 32;
    private static final long VOCABULARY = 256_000;

    /** The largest that takes no more than so many bytes; the smallest there is where none does. */
    static NemotronShape ofBytes(long bytes) {
        var shape = new NemotronShape(HEAD);
        for (var next = shape; next.bytes() <= bytes; next = new NemotronShape(next.hidden + HEAD)) {
            shape = next;
        }
        return shape;
    }

    long bytes() {
        return tensors().stream().mapToLong(TensorSpec::byteLength).sum();
    }

    /** Under the names of Hugging Face's transformers. */
    List<TensorSpec> tensors() {
        long keys = Math.max(1, hidden / HEAD / 6) * HEAD;
        long rows = VOCABULARY * hidden / PUBLISHED;
        List<TensorSpec> all = new ArrayList<>();
        all.add(tensor("model.embed_tokens", rows, hidden));
        for (int i = 0; i < LAYERS; i++) {
            String layer = "model.layers." + i + ".";
            all.add(tensor(layer + "self_attn.q_proj", hidden, hidden));
            all.add(tensor(layer + "self_attn.k_proj", keys, hidden));
            all.add(tensor(layer + "self_attn.v_proj", keys, hidden));
            all.add(tensor(layer + "self_attn.o_proj", hidden, hidden));
            all.add(tensor(layer + "mlp.up_proj", 4 * hidden, hidden));
            all.add(tensor(layer + "mlp.down_proj", hidden, 4 * hidden));
            all.add(tensor(layer + "input_layernorm", hidden));
            all.add(tensor(layer + "post_attention_layernorm", hidden));
        }
        all.add(tensor("model.norm", hidden));
        all.add(tensor("lm_head", rows, hidden));
        return all;
    }

    private static TensorSpec tensor(String layer, Long... shape) {
        return new TensorSpec(layer + ".weight", Dtype.BF16, List.of(shape));
    }
}
