package dev.mgit.lineage.tensors;

import java.util.LinkedHashMap;
import java.util.List;
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
    private static final Pattern FACTOR =
            Pattern.compile("lora(?:_embedding)?[._](A|B|down|up)(?!.*\\.bias)(?:[._].*)?");

    /** The module and side that a tensor's name stands for; empty if it is no factor. */
    public static Optional<AdapterFactors> of(String tensor) {
        return AdapterParameter.of(tensor)
                .filter(parameter -> parameter.method().equals(AdapterParameter.LORA))
                .flatMap(parameter -> {
                    Matcher factor = FACTOR.matcher(parameter.parameter());
                    return factor.matches()
                            ? Optional.of(new AdapterFactors(
                                    parameter.target(),
                                    factor.group(1).equals("A")
                                            || factor.group(1).equals("down")))
                            : Optional.empty();
                });
    }

    /** Whether this layer is the one a weight belongs to; either name may have more in front. */
    public boolean adapts(String weight) {
        return AdapterParameter.adapts(target, weight);
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
