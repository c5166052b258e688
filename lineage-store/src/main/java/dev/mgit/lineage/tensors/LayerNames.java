package dev.mgit.lineage.tensors;

import java.util.Comparator;
import java.util.List;

/**
 * Layers as parameter names tell them: {@code encoder.layer.3.attention.self.query.weight} is a parameter of the layer
 * {@code encoder.layer.3.attention.self.query} in block 3 of the family {@code encoder.layer}.
 */
public final class LayerNames {
    private LayerNames() {}

    /** Where numbers in names count by value: layer 2 before layer 10. */
    public static final Comparator<String> NATURAL = LayerNames::compare;

    /** The layer a parameter belongs to: its name without the last part. */
    public static String layer(String parameter) {
        int dot = parameter.lastIndexOf('.');
        return dot <= 0 ? parameter : parameter.substring(0, dot);
    }

    /** The block a parameter belongs to, or its layer where it belongs to none. */
    public static String unit(String parameter) {
        int end = blockEnd(parameter);
        return end < 0 ? layer(parameter) : parameter.substring(0, end);
    }

    /** What blocks of one stack share: the block's name without its number; the unit's own name if it is no block. */
    public static String family(String unit) {
        int dot = unit.lastIndexOf('.');
        return isNumber(unit.substring(dot + 1)) ? unit.substring(0, Math.max(0, dot)) : unit;
    }

    public static boolean isBlock(String unit) {
        return isNumber(unit.substring(unit.lastIndexOf('.') + 1));
    }

    /** The end of the first number that is a part by itself; one at the very start only if there is no other. */
    private static int blockEnd(String parameter) {
        int atStart = -1;
        int start = 0;
        while (start < parameter.length()) {
            int dot = parameter.indexOf('.', start);
            if (dot < 0) {
                break;
            }
            if (isNumber(parameter.substring(start, dot))) {
                if (start > 0) {
                    return dot;
                }
                atStart = dot;
            }
            start = dot + 1;
        }
        return atStart;
    }

    private static boolean isNumber(String part) {
        return !part.isEmpty() && part.length() < 10 && part.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static int compare(String a, String b) {
        List<String> left = List.of(a.split("\\.", -1));
        List<String> right = List.of(b.split("\\.", -1));
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            String l = left.get(i);
            String r = right.get(i);
            int order = isNumber(l) && isNumber(r)
                    ? Integer.compare(Integer.parseInt(l), Integer.parseInt(r))
                    : l.compareTo(r);
            if (order != 0) {
                return order;
            }
        }
        return left.size() == right.size() ? a.compareTo(b) : Integer.compare(left.size(), right.size());
    }
}
