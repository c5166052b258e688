package dev.mgit.lineage.version;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The block of YAML that a model card (README.md) starts with, as far as tools need it: plain fields and flat lists. */
public final class ModelCard {
    private final String block;

    private ModelCard(String block) {
        this.block = block;
    }

    /** Reads a card; one without such a block has no fields. */
    public static ModelCard of(byte[] readme) {
        String text = new String(readme, StandardCharsets.UTF_8).replace("\r\n", "\n");
        int end = text.startsWith("---\n") ? text.indexOf("\n---", 3) : -1;
        return new ModelCard(end < 0 ? "" : text.substring(4, Math.max(4, end)) + "\n");
    }

    /**
     * The values of a field: {@code key: value}, repeated or not, {@code key: [a, b]}, or a list below the key; without
     * quotes.
     */
    public List<String> values(String key) {
        List<String> values = new ArrayList<>();
        Pattern field = Pattern.compile("(?m)^" + Pattern.quote(key) + ":[ \\t]*(.*)\\n((?:[ \\t]*-[ \\t]+.*\\n)*)");
        Matcher matcher = field.matcher(block);
        while (matcher.find()) {
            for (String value : matcher.group(1).replaceAll("^\\[|\\]$", "").split(",")) {
                add(values, value);
            }
            matcher.group(2).lines().forEach(line -> add(values, line.strip().substring(1)));
        }
        return values;
    }

    private static void add(List<String> values, String text) {
        String value = text.strip().replaceAll("^[\"']|[\"']$", "");
        if (!value.isEmpty()) {
            values.add(value);
        }
    }
}
