package dev.mgit.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.delta.json.Json;
import dev.mgit.lineage.text.TextWidth;
import dev.mgit.lineage.text.VisibleText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** What a command prints as its result: text, tables or one JSON object. */
public final class Output {
    /** Number of the shape of all JSON output; grows when a field changes its meaning or goes. */
    public static final int SCHEMA = 1;

    private final Terminal terminal;

    /**
     * Stands before the code of a style within a line, and cannot be predicted: a name that holds an escape sequence is
     * escaped, a style that was asked for is not.
     */
    private final String mark;

    private boolean onlyJson;

    Output(Terminal terminal) {
        this.terminal = terminal;
        this.mark = terminal.colour() ? "\ufdd0" + Long.toHexString(new SplittableRandom().nextLong()) + ":" : "";
    }

    /** The few looks text may have. */
    public enum Style {
        BOLD("1"),
        FAINT("2"),
        RED("31"),
        GREEN("32"),
        YELLOW("33"),
        BLUE("34"),
        MAGENTA("35"),
        CYAN("36");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** Leaves stdout to the JSON object: from now on, lines are remarks and go to stderr. */
    public void onlyJson() {
        onlyJson = true;
    }

    /** Prints one line. Whatever names and messages it holds cannot steer the terminal or start a line of their own. */
    public void line(String text) {
        if (onlyJson) {
            note(text);
        } else {
            terminal.out().println(visible(text));
        }
    }

    /** Prints one line of fields with tabs between them, for programs to read. */
    public void fields(String... fields) {
        terminal.out().println(Arrays.stream(fields).map(VisibleText::of).collect(Collectors.joining("\t")));
    }

    /** Prints a document of many lines whose writer has seen to what it holds, and a line end if it has none. */
    public void document(String text) {
        terminal.out().print(text.endsWith("\n") ? text : text + "\n");
    }

    /** Prints a JSON value over many lines, and a line end. */
    public void jsonDocument(Object value) {
        document(VisibleJson.of(new String(Json.pretty(value), StandardCharsets.UTF_8)));
    }

    /** Where JSON goes that comes as bytes; to be closed. */
    public OutputStream json() {
        return new VisibleJsonBytes(terminal.out());
    }

    /** Where bytes go that are a result as they are, after what was printed so far. */
    public OutputStream bytes() {
        return terminal.out().bytes();
    }

    /** A remark for people that is no part of the result; goes to stderr. */
    public void note(String text) {
        terminal.out().flush();
        terminal.err().println(visible(text));
        terminal.err().flush();
    }

    /** Something odd that is no reason to stop; goes to stderr. */
    public void warning(String text) {
        note("warning: " + text);
    }

    /** What the user may type next; goes to stderr. */
    public void hint(String text) {
        note("hint: " + text);
    }

    /** The text in a style where the terminal shows colour, as it is elsewhere. */
    public String styled(Style style, String text) {
        return mark.isEmpty() ? text : mark + style.code + "m" + text + mark + "0m";
    }

    /** The line as the terminal gets it. */
    public String visible(String text) {
        return visible(text, true);
    }

    private String visible(String text, boolean styled) {
        if (mark.isEmpty() || !text.contains(mark)) {
            return VisibleText.of(text);
        }
        var shown = new StringBuilder();
        int at = 0;
        for (int next = text.indexOf(mark); next >= 0; next = text.indexOf(mark, at)) {
            int end = text.indexOf('m', next + mark.length()) + 1;
            shown.append(VisibleText.of(text.substring(at, next)));
            if (styled) {
                shown.append("\u001b[").append(text, next + mark.length(), end);
            }
            at = end;
        }
        return shown.append(VisibleText.of(text.substring(at))).toString();
    }

    /** Columns the text takes once it is printed. */
    int columns(String text) {
        return TextWidth.of(visible(text, false));
    }

    /** Starts a table; its columns are as wide as what is put in them. */
    public Table table(String... headings) {
        return new Table(this, headings);
    }

    /** Writes the fields of a JSON object. */
    @FunctionalInterface
    public interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** Prints one JSON object, {@code schema} first, then the fields given, and a line end. */
    public void json(Fields fields) throws IOException {
        json(fields, true);
    }

    /** The same on one line that is printed at once, for what tells of something that goes on. */
    public void jsonLine(Fields fields) throws IOException {
        json(fields, false);
        terminal.out().flush();
    }

    private void json(Fields fields, boolean pretty) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(new VisibleJson(terminal.out()))) {
            if (pretty) {
                json.useDefaultPrettyPrinter();
            }
            json.writeStartObject();
            json.writeNumberField("schema", SCHEMA);
            fields.write(json);
            json.writeEndObject();
        }
        terminal.out().println();
    }

    /** A shape for people: {@code [768x3072]}. */
    public static String shape(List<Long> shape) {
        return shape.stream().map(String::valueOf).collect(Collectors.joining("x", "[", "]"));
    }

    /** A number of bytes for people, in decimal units: {@code 999 B}, {@code 1.5 kB}, {@code 133 MB}. */
    public static String bytes(long count) {
        if (count < 1000) {
            return count + " B";
        }
        String[] units = {"kB", "MB", "GB", "TB", "PB", "EB"};
        double value = count;
        int unit = -1;
        while (value >= 999.5) {
            value /= 1000;
            unit++;
        }
        return Rounded.of(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + units[unit];
    }

    /** A share for people: {@code 37.8%}. */
    public static String percent(double share) {
        return Rounded.of(share * 100, 1) + "%";
    }

    /** A ratio for people: {@code 3.94x}. */
    public static String ratio(long whole, long part) {
        return part == 0 ? "-" : Rounded.of((double) whole / part, 2) + "x";
    }
}
