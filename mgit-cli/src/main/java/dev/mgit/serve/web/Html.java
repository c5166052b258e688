package dev.mgit.serve.web;

import dev.mgit.lineage.drawing.MarkupEscape;
import dev.mgit.lineage.text.VisibleText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * A piece of a page. Text and values of attributes are escaped, and what in them would be hidden or turn the direction
 * of writing is written out ({@link VisibleText}), so no name or message can become markup or look like another.
 */
final class Html {
    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /** @param attributes names and values in turn; a value may be empty */
    Html open(String tag, String... attributes) {
        open.push(tag);
        return tag(tag, attributes);
    }

    /** A tag that holds nothing. */
    Html tag(String tag, String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]);
            if (!attributes[i + 1].isEmpty()) {
                out.append("=\"").append(escaped(attributes[i + 1])).append('"');
            }
        }
        out.append('>');
        return this;
    }

    /** Ends the tag opened last. */
    Html close() {
        out.append("</").append(open.pop()).append(">\n");
        return this;
    }

    Html text(String text) {
        out.append(escaped(text));
        return this;
    }

    /** A tag around text. */
    Html leaf(String tag, String text, String... attributes) {
        open(tag, attributes).text(text);
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    Html link(String href, String text, String... attributes) {
        out.append("<a href=\"").append(escaped(href)).append('"');
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escaped(attributes[i + 1]))
                    .append('"');
        }
        out.append('>').append(escaped(text)).append("</a>");
        return this;
    }

    /** A tag around more. */
    Html within(String tag, Consumer<Html> body, String... attributes) {
        open(tag, attributes);
        body.accept(this);
        return close();
    }

    /** A drawing by mgit itself, which has escaped what it shows. */
    Html drawing(String svg) {
        out.append(svg);
        return this;
    }

    Html add(Html piece) {
        out.append(piece);
        return this;
    }

    static String escaped(String text) {
        return MarkupEscape.xml(VisibleText.of(text));
    }

    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("<" + open.peek() + "> is still open");
        }
        return out.toString();
    }
}
