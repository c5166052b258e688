package dev.mgit.cli.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a command prints as its result: text, tables or one JSON object. */
public final class Output {
    /** Number of the shape of all JSON output; grows when a field changes its meaning or goes. */
    public static final int SCHEMA = 1;

    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]");

    private final Terminal terminal;

    Output(Terminal terminal) {
        this.terminal = terminal;
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

    public void line(String text) {
        terminal.out().println(text);
    }

    /** A remark for people that is no part of the result; goes to stderr. */
    public void note(String text) {
        terminal.out().flush();
        terminal.err().println(text);
        terminal.err().flush();
    }

    /** Something odd that is no reason to stop; goes to stderr. */
    public void warning(String text) {
        note("warning: " + safe(text));
    }

    /** What the user may type next; goes to stderr. */
    public void hint(String text) {
        note("hint: " + text);
    }

    /** The text in a style where the terminal shows colour, as it is elsewhere. */
    public String styled(Style style, String text) {
        return terminal.colour() ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
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
        try (JsonGenerator json = new JsonFactory().createGenerator(terminal.out())) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("schema", SCHEMA);
            fields.write(json);
            json.writeEndObject();
        }
        terminal.out().println();
    }

    /** A name or message out of a file or commit of unknown origin, unable to steer the terminal. */
    public static String safe(String text) {
        return CONTROLS.matcher(text).replaceAll("?");
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
        return String.format(
                Locale.ROOT, value < 9.995 ? "%.2f %s" : value < 99.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    /** A share for people: {@code 37.8%}. */
    public static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }

    /** A ratio for people: {@code 3.94x}. */
    public static String ratio(long whole, long part) {
        return part == 0 ? "-" : String.format(Locale.ROOT, "%.2fx", (double) whole / part);
    }
}
