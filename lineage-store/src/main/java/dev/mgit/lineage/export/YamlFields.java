package dev.mgit.lineage.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the fields of a YAML block mapping in its text, each with the lines it takes. */
final class YamlFields {
    private static final Pattern LINE = Pattern.compile("[^\\r\\n]*(\\r\\n|\\r|\\n|\\z)");
    private static final Pattern KEY = Pattern.compile(
            "(\"[^\"\\r\\n]*\"|'[^'\\r\\n]*'|[^\\s#\\-\\[\\]{}&*!|>%@`\"',?:][^\\r\\n]*?|[-?:][^\\s][^\\r\\n]*?)"
                    + "[ \\t]*:(?=[ \\t\\r\\n]|\\z)");

    private YamlFields() {}

    /**
     * One field.
     *
     * @param start of its first line
     * @param value where its value starts, after the colon
     * @param end of its last line; blank lines and comments below belong to none
     */
    record Field(String key, int start, int value, int end) {}

    /**
     * The fields of a mapping, in order.
     *
     * @return empty if some of the text is not of a block mapping
     */
    static Optional<List<Field>> of(String text, int start, int end) {
        List<Field> fields = new ArrayList<>();
        Matcher line = LINE.matcher(text).region(start, end);
        for (int at = start; at < end; ) {
            line.region(at, end).lookingAt();
            int next = line.end();
            if (!isNothing(text.substring(at, next))) {
                Matcher key = KEY.matcher(text).region(at, end);
                if (key.lookingAt()) {
                    int valueEnd = lineEnd(text, flowEnd(text, key.end(), end), end);
                    fields.add(new Field(unquoted(key.group(1)), at, key.end(), valueEnd));
                    next = valueEnd;
                } else if (!fields.isEmpty() && continues(text.charAt(at))) {
                    Field last = fields.remove(fields.size() - 1);
                    fields.add(new Field(last.key(), last.start(), last.value(), next));
                } else {
                    return Optional.empty();
                }
            }
            at = next;
        }
        return Optional.of(fields);
    }

    /** The items of a value: of a list, or the one scalar it is. */
    static List<String> values(String value) {
        String stripped = value.strip();
        if (stripped.startsWith("[")) {
            return flowItems(stripped);
        }
        List<String> items = new ArrayList<>();
        boolean list = false;
        var scalar = new StringBuilder();
        for (String line : stripped.split("[\\r\\n]+")) {
            String content = withoutComment(line).strip();
            if (content.equals("-") || content.startsWith("- ")) {
                list = true;
                items.add(unquoted(content.substring(1).strip()));
            } else if (!content.isEmpty()) {
                scalar.append(scalar.isEmpty() ? "" : " ").append(content);
            }
        }
        return list ? items : List.of(unquoted(scalar.toString()));
    }

    private static List<String> flowItems(String value) {
        List<String> items = new ArrayList<>();
        int close = flowEnd(value, 0, value.length());
        int from = 1;
        for (int at = 1; at < close; at++) {
            char c = value.charAt(at);
            if (c == '"' || c == '\'') {
                at = quoteEnd(value, at, close) - 1;
            } else if (c == ',' || at == close - 1) {
                String item = value.substring(from, at).strip();
                if (!item.isEmpty()) {
                    items.add(unquoted(item));
                }
                from = at + 1;
            }
        }
        return items;
    }

    /** Where a value that opens with a quote or a bracket closes, be it lines below; else where it starts. */
    private static int flowEnd(String text, int value, int end) {
        int at = value;
        while (at < end && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        if (at < end && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            return quoteEnd(text, at, end);
        }
        if (at == end || (text.charAt(at) != '[' && text.charAt(at) != '{')) {
            return value;
        }
        int depth = 0;
        for (; at < end; at++) {
            char c = text.charAt(at);
            boolean token = ",[{: \t\r\n".indexOf(text.charAt(at - (at == 0 ? 0 : 1))) >= 0;
            if ((c == '"' || c == '\'') && token) {
                at = quoteEnd(text, at, end) - 1;
            } else if (c == '[' || c == '{') {
                depth++;
            } else if ((c == ']' || c == '}') && --depth == 0) {
                return at + 1;
            }
        }
        return end;
    }

    private static int quoteEnd(String text, int open, int end) {
        char quote = text.charAt(open);
        for (int at = open + 1; at < end; at++) {
            if (quote == '"' && text.charAt(at) == '\\') {
                at++;
            } else if (text.charAt(at) == quote) {
                if (quote == '\'' && at + 1 < end && text.charAt(at + 1) == quote) {
                    at++;
                } else {
                    return at + 1;
                }
            }
        }
        return end;
    }

    private static int lineEnd(String text, int at, int end) {
        Matcher line = LINE.matcher(text).region(at, end);
        return line.lookingAt() ? line.end() : end;
    }

    /** Blank, or a comment. */
    private static boolean isNothing(String line) {
        String content = line.strip();
        return content.isEmpty() || content.startsWith("#");
    }

    private static boolean continues(char first) {
        return first == ' ' || first == '\t' || first == '-';
    }

    private static String withoutComment(String line) {
        String content = line.stripLeading();
        int from = 0;
        int quote = content.startsWith("- ")
                ? content.length() - content.substring(1).stripLeading().length()
                : 0;
        if (quote < content.length() && (content.charAt(quote) == '"' || content.charAt(quote) == '\'')) {
            from = quoteEnd(content, quote, content.length());
        }
        if (content.startsWith("#")) {
            return "";
        }
        int comment = content.indexOf(" #", from);
        return comment < 0 ? content : content.substring(0, comment);
    }

    private static String unquoted(String scalar) {
        if (scalar.length() >= 2 && scalar.startsWith("\"") && scalar.endsWith("\"")) {
            return scalar.substring(1, scalar.length() - 1).replaceAll("\\\\([\"\\\\/])", "$1");
        }
        if (scalar.length() >= 2 && scalar.startsWith("'") && scalar.endsWith("'")) {
            return scalar.substring(1, scalar.length() - 1).replace("''", "'");
        }
        return scalar;
    }
}
