package dev.mgit.lineage.git;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Cuts a long list into files. Where it is cut depends on names alone, so that versions whose names are the same are cut
 * alike, and a tensor more or less moves no cut but its neighbours: Git keeps a part once that several versions have.
 */
final class ManifestParts {
    private static final int LEAST = 1 << 16;

    /** A list is cut before one name in 512, some 100 kB. */
    private static final int CUT_BITS = 9;

    private static final int MIX = 0x9E3779B1;

    private ManifestParts() {}

    static String name(String list, long number) {
        return String.format(Locale.ROOT, "%s/%05d.json", list, number);
    }

    /** Bytes of a list's lines. */
    static long bytes(List<String> lines) {
        return lines.stream().mapToLong(ManifestParts::bytes).sum();
    }

    private static int bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8).length + 2;
    }

    /** A member of JSON, one line for each element. */
    static String list(String name, List<String> lines) {
        return "\"" + name + "\": [" + (lines.isEmpty() ? "" : "\n") + String.join(",\n", lines) + "\n]";
    }

    /**
     * Adds the parts of a list.
     *
     * @param names what each line is about
     * @param most bytes of a part, unless a single line has more
     * @return how many parts there are
     */
    static long cut(String list, List<String> lines, List<String> names, int most, Map<String, byte[]> parts) {
        String frame = part(list, List.of());
        long number = 0;
        long held = frame.length();
        int from = 0;
        for (int i = 0; i < lines.size(); i++) {
            int length = bytes(lines.get(i));
            boolean cut = held + length > most || held >= LEAST && isCut(names.get(i));
            if (cut && i > from) {
                parts.put(name(list, number++), bytes(list, lines.subList(from, i)));
                from = i;
                held = frame.length();
            }
            held += length;
        }
        if (from < lines.size()) {
            parts.put(name(list, number++), bytes(list, lines.subList(from, lines.size())));
        }
        return number;
    }

    private static boolean isCut(String name) {
        return name.hashCode() * MIX >>> Integer.SIZE - CUT_BITS == 0;
    }

    private static byte[] bytes(String list, List<String> lines) {
        return part(list, lines).getBytes(StandardCharsets.UTF_8);
    }

    private static String part(String list, List<String> lines) {
        return "{\n\"schema\": " + ManifestRecord.SCHEMA_PARTS + ",\n" + list(list, lines) + "}\n";
    }
}
