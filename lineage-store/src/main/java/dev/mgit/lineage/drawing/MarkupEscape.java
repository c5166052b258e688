package dev.mgit.lineage.drawing;

/** Makes names and messages harmless in each output format. */
public final class MarkupEscape {
    private MarkupEscape() {}

    /** Control characters, which could steer a terminal, become U+FFFD; so do lone halves of surrogate pairs. */
    static String controls(String text) {
        StringBuilder safe = new StringBuilder();
        text.codePoints().forEach(c -> {
            boolean hidden = Character.isISOControl(c)
                    || Character.getType(c) == Character.SURROGATE
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.LINE_SEPARATOR
                    || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
            safe.appendCodePoint(hidden ? '\ufffd' : c);
        });
        return safe.toString();
    }

    /** Text or attribute value in XML and HTML. */
    public static String xml(String text) {
        return controls(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** The inside of a quoted string in Graphviz' language. */
    static String dot(String text) {
        return controls(text).replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** The inside of a quoted label in Mermaid: everything that is neither letter, digit nor harmless by number. */
    static String mermaid(String text) {
        StringBuilder safe = new StringBuilder();
        controls(text).codePoints().forEach(c -> {
            if (Character.isLetterOrDigit(c) || " .,:-_/@~()".indexOf(c) >= 0) {
                safe.appendCodePoint(c);
            } else {
                safe.append('#').append(c).append(';');
            }
        });
        return safe.toString();
    }
}
