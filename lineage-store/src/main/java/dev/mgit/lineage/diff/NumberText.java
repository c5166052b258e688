package dev.mgit.lineage.diff;

import dev.mgit.delta.Dtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Numbers and lists as people write them. */
public final class NumberText {
    private NumberText() {}

    public static String count(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    /** {@code a, b and c}. */
    static String list(List<String> words) {
        if (words.size() < 2) {
            return String.join("", words);
        }
        return String.join(", ", words.subList(0, words.size() - 1)) + " and " + words.get(words.size() - 1);
    }

    /** {@code 0–2, 5} for 0, 1, 2, 5. */
    static String ranges(List<Integer> numbers) {
        List<Integer> sorted = numbers.stream().sorted().distinct().toList();
        List<String> ranges = new ArrayList<>();
        for (int i = 0; i < sorted.size(); ) {
            int end = i;
            while (end + 1 < sorted.size() && sorted.get(end + 1) == sorted.get(end) + 1) {
                end++;
            }
            ranges.add(end == i ? "" + sorted.get(i) : sorted.get(i) + "–" + sorted.get(end));
            i = end + 1;
        }
        return String.join(", ", ranges);
    }

    /** Three significant digits: {@code 12.3%}, {@code 0.00123%}. */
    public static String percent(double share) {
        return number(share * 100) + "%";
    }

    /** Three significant digits. */
    public static String number(double value) {
        if (value == 0) {
            return "0";
        }
        if (!Double.isFinite(value)) {
            return Double.isNaN(value) ? "-" : "inf";
        }
        double size = Math.abs(value);
        if (size < 1e-4 || size >= 1e6) {
            return String.format(Locale.ROOT, "%.2e", value);
        }
        int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
        String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
        return text.indexOf('.') < 0 ? text : text.replaceFirst("\\.?0+$", "");
    }

    static String dtype(Dtype dtype) {
        return switch (dtype) {
            case I8 -> "int8";
            case U8 -> "uint8";
            default -> dtype.name().toLowerCase(Locale.ROOT);
        };
    }

    /** How much weights moved, by the relative L2 of the update. */
    public static String magnitude(double relative) {
        if (relative < 1e-3) {
            return "barely changed";
        }
        if (relative < 0.1) {
            return "changed a little";
        }
        return relative < 0.5 ? "changed clearly" : "changed strongly";
    }
}
