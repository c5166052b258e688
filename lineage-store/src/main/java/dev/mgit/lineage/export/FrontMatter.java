package dev.mgit.lineage.export;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The block of YAML at the start of a model card, to be edited field by field: every byte that is not of an edited field
 * stays. Fields are those at the outermost level of a block mapping; of their values, scalars and flat lists are
 * understood. Text is held a char a byte, so that any encoding survives.
 */
final class FrontMatter {
    private static final Pattern OPENING = Pattern.compile("(?:\u00ef\u00bb\u00bf)?\\s*?---[ \\t]*(\\r\\n|\\n|\\r)");
    private static final Pattern CLOSING = Pattern.compile("(?<=[\\r\\n])---[ \\t]*(?=[\\r\\n]|\\z)");
    private static final Pattern NULL = Pattern.compile("~|null|Null|NULL|");

    private final String text;
    /** Where the block starts and ends in the text: from after the opening line up to the closing one. */
    private final int start;

    private final int end;
    private final String lineEnd;
    private final List<YamlFields.Field> fields;

    private FrontMatter(String text, int start, int end, String lineEnd, List<YamlFields.Field> fields) {
        this.text = text;
        this.start = start;
        this.end = end;
        this.lineEnd = lineEnd;
        this.fields = fields;
    }

    /**
     * The block of a card; one is put before the text of a card without.
     *
     * @return empty if the block is not a mapping of one field a line
     */
    static Optional<FrontMatter> of(byte[] card) {
        String text = new String(card, StandardCharsets.ISO_8859_1);
        Matcher opening = OPENING.matcher(text);
        if (opening.lookingAt()) {
            Matcher closing = CLOSING.matcher(text);
            int first = opening.end();
            if (closing.find(first)) {
                int last = closing.start();
                String lineEnd = opening.group(1);
                return YamlFields.of(text, first, last)
                        .map(fields -> new FrontMatter(text, first, last, lineEnd, fields));
            }
        }
        String lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
        String fresh = "---" + lineEnd;
        String whole = fresh + fresh + (text.isEmpty() ? "" : lineEnd) + text;
        return Optional.of(new FrontMatter(whole, fresh.length(), fresh.length(), lineEnd, List.of()));
    }

    /** The values of a field, without quotes and comments; none where it is absent or null. */
    List<String> values(String key) {
        List<String> values = new ArrayList<>();
        fields.stream()
                .filter(field -> field.key().equals(key))
                .flatMap(field -> YamlFields.values(text.substring(field.value(), field.end())).stream())
                .filter(value -> !NULL.matcher(value).matches())
                .map(value -> new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
                .forEach(values::add);
        return values;
    }

    /** The card with a field set, in its place, or at the end of the block where it is new. */
    FrontMatter with(String key, List<String> values) {
        String line = line(key, values);
        List<YamlFields.Field> old =
                fields.stream().filter(field -> field.key().equals(key)).toList();
        var edited = new StringBuilder(text);
        if (old.isEmpty()) {
            edited.insert(end, line);
        }
        for (int i = old.size() - 1; i >= 0; i--) {
            edited.replace(old.get(i).start(), old.get(i).end(), i == 0 ? line : "");
        }
        int newEnd = end + edited.length() - text.length();
        String whole = edited.toString();
        return new FrontMatter(
                whole,
                start,
                newEnd,
                lineEnd,
                YamlFields.of(whole, start, newEnd).orElseThrow());
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private String line(String key, List<String> values) {
        String written = values.size() == 1
                ? key + ": " + scalar(values.get(0)) + lineEnd
                : key + ":" + lineEnd
                        + String.join(
                                "",
                                values.stream()
                                        .map(value -> "- " + scalar(value) + lineEnd)
                                        .toList());
        return new String(written.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Plain where every reader of YAML takes it for this text, else in double quotes. */
    private static String scalar(String value) {
        boolean plain = value.matches("[A-Za-z][A-Za-z0-9._/-]*")
                && !value.matches("(?i)true|false|yes|no|on|off|y|n|null|inf|nan");
        return plain ? value : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
