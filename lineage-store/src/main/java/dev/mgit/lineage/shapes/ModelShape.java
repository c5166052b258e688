package dev.mgit.lineage.shapes;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.tensors.LayerNames;
import dev.mgit.lineage.tensors.ParameterRole;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The dimensions of a model, as far as its tensors' headers and its configuration tell them.
 *
 * @param hidden width of the residual stream, h
 * @param layers number of blocks, L
 * @param heads attention heads, a
 * @param kvHeads heads of keys and values; equal to {@code heads} unless they are grouped
 * @param headSize width of one head, h/a unless the configuration says otherwise
 * @param ffn inner width of the feed-forward layers
 * @param vocabulary rows of the token embedding, padding included
 * @param gated whether the feed-forward layer has a gate: three matrices rather than two
 * @param parameters elements of all weights, tied ones once
 * @param blockParameters elements of the matrices that every token passes: weights of two dimensions and more without
 *     token and position embeddings; a head of its own counts
 * @param bytes of the weights, by dtype
 * @param tensors the weights by name
 * @param opaque how many tensors have elements that nobody here can count; they are left out of everything above
 */
public record ModelShape(
        Optional<Long> hidden,
        Optional<Long> layers,
        Optional<Long> heads,
        Optional<Long> kvHeads,
        Optional<Long> headSize,
        Optional<Long> ffn,
        Optional<Long> vocabulary,
        boolean gated,
        long parameters,
        long blockParameters,
        Map<String, Long> bytes,
        Map<String, TensorSpec> tensors,
        long opaque) {
    private static final Pattern TOKENS = Pattern.compile(
            "(^|\\.)(embed_tokens|wte|word_embeddings|tok_embeddings|embed_in|token_embd|shared|embedding)\\.weight$");
    private static final Pattern GATE =
            Pattern.compile("(^|[._])(gate_proj|gate_up_proj|w3|ffn_gate|wi_1)\\.", Pattern.CASE_INSENSITIVE);

    /**
     * Puts the two together.
     *
     * @param all weights by name, tied names once
     * @throws MgitException if configuration and tensors contradict each other
     */
    static ModelShape of(Map<String, TensorSpec> all, ModelConfig config) {
        Map<String, TensorSpec> tensors = new LinkedHashMap<>(all);
        tensors.values().removeIf(spec -> spec.dtype() == Dtype.OPAQUE);
        Optional<TensorSpec> embedding = tensors.entrySet().stream()
                .filter(tensor -> TOKENS.matcher(tensor.getKey()).find()
                        && tensor.getValue().shape().size() == 2)
                .map(Map.Entry::getValue)
                .findFirst();
        Optional<Long> hidden =
                config.hidden().or(() -> embedding.map(spec -> spec.shape().get(1)));
        Optional<Long> layers = config.layers().or(() -> blocks(tensors));
        requireSame(config, tensors, embedding);
        Map<String, Long> bytes = new LinkedHashMap<>();
        long parameters = 0;
        long passed = 0;
        for (Map.Entry<String, TensorSpec> tensor : tensors.entrySet()) {
            TensorSpec spec = tensor.getValue();
            bytes.merge(spec.dtype().name(), spec.byteLength(), Math::addExact);
            parameters = Math.addExact(parameters, spec.elements());
            boolean looked = ParameterRole.of(tensor.getKey()) == ParameterRole.EMBEDDINGS
                    || TOKENS.matcher(tensor.getKey()).find();
            if (spec.shape().size() >= 2 && !looked) {
                passed = Math.addExact(passed, spec.elements());
            }
        }
        return new ModelShape(
                hidden,
                layers,
                config.heads(),
                config.kvHeads().or(config::heads),
                config.headSize().or(() -> hidden.flatMap(h -> config.heads().map(a -> h / a))),
                config.ffn(),
                embedding.map(spec -> spec.shape().get(0)).or(config::vocabulary),
                tensors.keySet().stream().anyMatch(name -> GATE.matcher(name).find()),
                parameters,
                passed,
                bytes,
                tensors,
                all.size() - tensors.size());
    }

    /** All bytes of the weights. */
    public long weightBytes() {
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    /** The number of blocks of the longest stack. */
    private static Optional<Long> blocks(Map<String, TensorSpec> tensors) {
        Map<String, Set<String>> stacks = new LinkedHashMap<>();
        for (String name : tensors.keySet()) {
            String unit = LayerNames.unit(name);
            if (LayerNames.isBlock(unit)) {
                stacks.computeIfAbsent(LayerNames.family(unit), key -> new HashSet<>())
                        .add(unit);
            }
        }
        return stacks.values().stream().map(Set::size).max(Integer::compare).map(Integer::longValue);
    }

    private static void requireSame(
            ModelConfig config, Map<String, TensorSpec> tensors, Optional<TensorSpec> embedding) {
        Optional<Long> width = config.hidden()
                .filter(hidden ->
                        tensors.values().stream().noneMatch(spec -> spec.shape().contains(hidden)));
        if (width.isPresent() && !tensors.isEmpty()) {
            throw contradiction("says hidden_size " + width.get() + ", but no tensor has that dimension");
        }
        Optional<Long> rows = embedding.map(spec -> spec.shape().get(0));
        if (rows.isPresent()
                && config.vocabulary().filter(size -> size > rows.get()).isPresent()) {
            throw contradiction("says vocab_size " + config.vocabulary().get() + ", but the token embedding has "
                    + rows.get() + " rows");
        }
        Optional<Long> groups = config.kvHeads()
                .filter(found -> config.heads().filter(heads -> found > heads).isPresent());
        if (groups.isPresent()) {
            throw contradiction("says " + groups.get() + " heads of keys and values, but "
                    + config.heads().orElseThrow() + " attention heads");
        }
        Optional<Long> stack = blocks(tensors);
        if (stack.isPresent()
                && config.layers().filter(layers -> layers < stack.get()).isPresent()) {
            throw contradiction("says " + config.layers().get() + " layers, but the tensors have " + stack.get());
        }
    }

    private static MgitException contradiction(String what) {
        return new MgitException(
                MgitException.Kind.FAILED,
                ModelConfig.FILE + " " + what,
                "commit the configuration that belongs to these weights");
    }
}
