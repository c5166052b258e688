package dev.mgit.lineage.tensors;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The factors of a low-rank adapter (Hu et al., LoRA, 2021) by their names: A [rank, in] and B [out, rank] of one weight,
 * as PEFT ({@code base_model.model.X.lora_A.weight}), Diffusers ({@code X.lora.down.weight}) and the scripts of Kohya
 * ({@code lora_unet_X.lora_down.weight}) call them.
 *
 * @param target the layer that is adapted, without prefixes of a library
 * @param down whether it is A, which comes first
 */
public record AdapterFactors(String target, boolean down) {
    private static final Pattern NAME = Pattern.compile("(.*?)[._]?lora(?:_embedding)?[._](A|B|down|up)(?:[._].*)?");
    private static final Pattern PREFIX =
            Pattern.compile("base_model\\.model\\.|lora_(?:unet|te\\d?|transformer)_|diffusion_model\\.");

    /** The module and side that a tensor's name stands for; empty if it is no factor. */
    public static Optional<AdapterFactors> of(String tensor) {
        Matcher name = NAME.matcher(tensor);
        if (!tensor.contains("lora") || !name.matches()) {
            return Optional.empty();
        }
        Matcher prefix = PREFIX.matcher(name.group(1));
        String target = prefix.lookingAt() ? name.group(1).substring(prefix.end()) : name.group(1);
        return Optional.of(new AdapterFactors(
                target, name.group(2).equals("A") || name.group(2).equals("down")));
    }

    /** Whether a checkpoint of such tensors is an adapter: there are factors, and most else is scales or saved heads. */
    public static boolean makeUp(Collection<String> tensors) {
        long factors = tensors.stream().filter(name -> of(name).isPresent()).count();
        return factors > 0 && 2 * factors >= tensors.size();
    }

    /** The name of the tensor of a base that one saved whole beside factors stands in for. */
    public static String savedName(String tensor) {
        Matcher prefix = PREFIX.matcher(tensor);
        String plain = prefix.lookingAt() ? tensor.substring(prefix.end()) : tensor;
        return plain.replaceAll("\\.modules_to_save(\\.[^.]+)?\\.", ".");
    }

    /** Whether this layer is the one a weight belongs to; either name may have more in front. */
    public boolean adapts(String weight) {
        return isOneOf(layer(weight), target);
    }

    private static boolean isOneOf(String layer, String target) {
        String longer = plain(layer.length() > target.length() ? layer : target);
        String shorter = plain(layer.length() > target.length() ? target : layer);
        return !shorter.isEmpty() && (longer.equals(shorter) || longer.endsWith("_" + shorter));
    }

    /** Kohya's names have underscores for dots. */
    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace('.', '_');
    }

    private static String layer(String weight) {
        return weight.endsWith(".weight") ? weight.substring(0, weight.length() - ".weight".length()) : weight;
    }

    /** The last parts of the layers, each once: {@code q_proj}, {@code v_proj}. */
    public static List<String> modules(Collection<AdapterFactors> factors) {
        return factors.stream()
                .map(factor -> factor.target().substring(factor.target().lastIndexOf('.') + 1))
                .distinct()
                .sorted()
                .toList();
    }

    /** Pairs of A and B of one layer, by layer, in order; those alone are left out. */
    public static <T> Map<AdapterFactors, List<T>> pairs(Map<String, T> tensors) {
        Map<String, T> up = new LinkedHashMap<>();
        tensors.forEach((name, tensor) ->
                of(name).filter(factor -> !factor.down()).ifPresent(factor -> up.put(factor.target(), tensor)));
        Map<AdapterFactors, List<T>> pairs = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> of(name).filter(factor -> factor.down() && up.containsKey(factor.target()))
                .ifPresent(factor -> pairs.put(factor, List.of(tensor, up.get(factor.target())))));
        return pairs;
    }
}
