package dev.mgit.lineage.version;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Who made a change, as Git records it. */
public record Person(String name, String email) {
    private static final Pattern TEXT = Pattern.compile("(.*?) ?<([^<>]*)>", Pattern.DOTALL);

    /**
     * Reads {@link #toString}'s form.
     *
     * @throws IllegalArgumentException if it is of another
     */
    static Person parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'by' is not of the form Name <mail>");
        }
        return new Person(matcher.group(1), matcher.group(2));
    }

    @Override
    public String toString() {
        return name + " <" + email + ">";
    }
}
