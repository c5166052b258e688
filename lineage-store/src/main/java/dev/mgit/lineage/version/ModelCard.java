package dev.mgit.lineage.version;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model card (README.md): the block of YAML that it starts with, as far as tools need it (plain fields and flat
 * lists), and the sections of its text.
 */
public final class ModelCard {
    private static final Pattern HEADING = Pattern.compile("(#{1,6})[ \\t]+(.*?)[ \\t#]*");

    private final String block;
    private final String text;

    private ModelCard(String block, String text) {
        this.block = block;
        this.text = text;
    }

    /** Reads a card; one without such a block has no fields. */
    public static ModelCard of(byte[] readme) {
        String text = new String(readme, StandardCharsets.UTF_8).replace("\r\n", "\n");
        int end = text.startsWith("---\n") ? text.indexOf("\n---", 3) : -1;
        return new ModelCard(
                end < 0 ? "" : text.substring(4, Math.max(4, end)) + "\n", end < 0 ? text : text.substring(end + 4));
    }

    /**
     * What stands below the first heading that a pattern finds, up to the next heading of the same or a higher level,
     * without blank lines at either end. Lines of code blocks are no headings.
     */
    public Optional<String> section(Pattern heading) {
        int level = 0;
        boolean code = false;
        var found = new StringBuilder();
        for (String line : (Iterable<String>) text.lines()::iterator) {
            code ^= line.startsWith("```") || line.startsWith("~~~");
            Matcher matcher = HEADING.matcher(line);
            boolean isHeading = !code && matcher.matches();
            if (level > 0 && isHeading && matcher.group(1).length() <= level) {
                break;
            } else if (level > 0) {
                found.append(line).append('\n');
            } else if (isHeading && heading.matcher(matcher.group(2)).find()) {
                level = matcher.group(1).length();
            }
        }
        return Optional.of(found.toString().strip()).filter(section -> !section.isEmpty());
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
