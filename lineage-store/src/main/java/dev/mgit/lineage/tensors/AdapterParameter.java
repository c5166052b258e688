package dev.mgit.lineage.tensors;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor of an adapter by its name, as PEFT ({@code base_model.model.LAYER.ia3_l}), Diffusers and the scripts of Kohya
 * and LyCORIS call it.
 *
 * @param target the layer that is adapted, without prefixes of a library; empty for what all layers share, and for prompts
 * @param method what the names of its parameters begin with: {@code lora}, {@code ia3}, {@code hada}
 * @param parameter the rest of the name: {@code lora_A.weight}
 */
public record AdapterParameter(String target, String method, String parameter) {
    static final String LORA = "lora";
    private static final String PEFT = "base_model.";

    /** Whatever library wrote them. */
    private static final Pattern KNOWN = parameters("lora|dora|hada|lokr|ia3|oft|boft|vera|ln_tuning|glora");

    /** Methods of PEFT whose names mean other things elsewhere. */
    private static final Pattern OF_PEFT = parameters("lora|dora|hada|lokr|ia3|oft|boft|vera|ln_tuning|glora|adalora"
            + "|adamss|beft|c3a|deft|delora|fourierft|frod|gralora|hira|hra|lily|miss|bone|osf|peanut|poly|psoft|pvera"
            + "|randlora|road|shadow|shira|supertuning|tinylora|trainable_tokens|unilora|vblora|waveft");

    /** Learnt in front of the text, or of the keys and values of all layers. */
    private static final Pattern PROMPT = Pattern.compile("(prompt)_embeddings|(prefix)_task_(?:cols|rows)");

    private static final Pattern PREFIX = Pattern.compile(
            "base_model\\.model\\.|base_model\\.|lora_(?:unet|te\\d?|transformer)_|lycoris_|diffusion_model\\.");

    /** What the methods are called that have other names. */
    private static final Map<String, String> TITLES = Map.ofEntries(
            Map.entry("ia3", "IA³"),
            Map.entry("hada", "LoHa"),
            Map.entry("lokr", "LoKr"),
            Map.entry("oft", "OFT"),
            Map.entry("boft", "BOFT"),
            Map.entry("vera", "VeRA"),
            Map.entry("glora", "GLoRA"),
            Map.entry("ln_tuning", "LN tuning"),
            Map.entry("trainable_tokens", "trainable tokens"),
            Map.entry("prompt", "prompt tuning"),
            Map.entry("prefix", "prompt tuning"));

    private static Pattern parameters(String methods) {
        return Pattern.compile("(?:(.*?)[._])?((" + methods + ")[._].+)");
    }

    /** What a tensor's name says; empty if it is no adapter's. */
    public static Optional<AdapterParameter> of(String tensor) {
        Matcher prompt = PROMPT.matcher(tensor);
        if (prompt.matches()) {
            return Optional.of(
                    new AdapterParameter("", prompt.group(1) == null ? prompt.group(2) : prompt.group(1), tensor));
        }
        Matcher name = (tensor.startsWith(PEFT) ? OF_PEFT : KNOWN).matcher(plain(tensor));
        return name.matches()
                ? Optional.of(
                        new AdapterParameter(name.group(1) == null ? "" : name.group(1), name.group(3), name.group(2)))
                : Optional.empty();
    }

    /** Whether a checkpoint of such tensors is an adapter: most else is scales or saved heads. */
    public static boolean makeUp(Collection<String> tensors) {
        long parameters = tensors.stream().filter(name -> of(name).isPresent()).count();
        return parameters > 0 && 2 * parameters >= tensors.size();
    }

    /** The name without what a library puts in front. */
    private static String plain(String tensor) {
        Matcher prefix = PREFIX.matcher(tensor);
        return prefix.lookingAt() ? tensor.substring(prefix.end()) : tensor;
    }

    /** The name of the tensor of a base that one saved whole beside an adapter stands in for. */
    public static String savedName(String tensor) {
        return plain(tensor).replaceAll("\\.modules_to_save(\\.[^.]+)?\\.", ".").replaceAll("\\.base_layer\\.", ".");
    }

    /** The method as people call it. */
    public String title() {
        return TITLES.getOrDefault(method, method.replace('_', ' '));
    }

    /** Whether it changes no layer: it is put in front of what the model reads. */
    public boolean isPrompt() {
        return method.equals("prompt") || method.equals("prefix");
    }

    /** Whether its elements are factors or shifts of the rows of the weight, or of its columns. */
    public boolean isVector() {
        return parameter.matches(
                "ia3_l.*|vera_lambda_b.*|lora_magnitude_vector.*|boft_s.*|beft_bias.*|delora_w_norm.*");
    }

    /** Whether it takes the place of the weight. */
    public boolean isWhole() {
        return method.equals("ln_tuning");
    }

    /** Whether its layer is the one a weight belongs to; either name may have more in front. */
    public boolean adapts(String weight) {
        return adapts(target, weight);
    }

    static boolean adapts(String target, String weight) {
        String layer = weight.endsWith(".weight") ? weight.substring(0, weight.length() - ".weight".length()) : weight;
        String longer = underscored(layer.length() > target.length() ? layer : target);
        String shorter = underscored(layer.length() > target.length() ? target : layer);
        return !shorter.isEmpty() && (longer.equals(shorter) || longer.endsWith("_" + shorter));
    }

    /** Kohya's names have underscores for dots. */
    private static String underscored(String name) {
        return name.toLowerCase(Locale.ROOT).replace('.', '_');
    }

    /** The last parts of the layers, each once: {@code q_proj}, {@code v_proj}. */
    public static List<String> modules(Collection<String> targets) {
        return targets.stream()
                .map(target -> target.substring(target.lastIndexOf('.') + 1))
                .distinct()
                .sorted()
                .toList();
    }
}
