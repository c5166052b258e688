package dev.mgit.lineage.merge;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Guesses from parameter names which layers depend on each other. A layer is a name without its last part
 * ({@code encoder.layer.3.attention.query} of {@code ….query.weight}). The first part that is a number is the place of
 * a block in its stack ({@code encoder.layer}, 3). Blocks of one stack depend on each other if they are the same or
 * neighbours. Everything else (embeddings, heads, blocks of two stacks) depends on each other where it may meet: at the
 * first and last block of a stack, and outside of stacks.
 *
 * <p>A prediction only, made for models that are a sequence of blocks: it misses connections that skip blocks.
 */
final class LayerDependencies {
    private static final Pattern BLOCK = Pattern.compile("(?:(.*?)[./])??(\\d{1,9})(?:[./].*)?");

    /** Where a layer is: in a stack, or outside of all, where index is −1. */
    record Place(String stack, int index) {
        String label() {
            return index < 0 ? stack : stack.isEmpty() ? String.valueOf(index) : stack + "." + index;
        }
    }

    private final Map<String, Integer> last = new HashMap<>();
    private final Map<String, Integer> first = new HashMap<>();

    /** @param names all parameter names of the model */
    LayerDependencies(Collection<String> names) {
        for (String name : names) {
            Place place = place(name);
            if (place.index() >= 0) {
                last.merge(place.stack(), place.index(), Math::max);
                first.merge(place.stack(), place.index(), Math::min);
            }
        }
    }

    static String layer(String name) {
        int end = Math.max(name.lastIndexOf('.'), name.lastIndexOf('/'));
        return end <= 0 ? name : name.substring(0, end);
    }

    static Place place(String name) {
        Matcher block = BLOCK.matcher(name);
        if (!block.matches()) {
            return new Place(layer(name), -1);
        }
        String stack = block.group(1);
        return new Place(stack == null ? "" : stack, Integer.parseInt(block.group(2)));
    }

    boolean dependent(Place a, Place b) {
        if (a.index() >= 0 && a.stack().equals(b.stack()) && b.index() >= 0) {
            return Math.abs(a.index() - b.index()) <= 1;
        }
        return atEnd(a) && atEnd(b);
    }

    private boolean atEnd(Place place) {
        return place.index() < 0
                || place.index() == first.getOrDefault(place.stack(), -1)
                || place.index() == last.getOrDefault(place.stack(), -1);
    }
}
