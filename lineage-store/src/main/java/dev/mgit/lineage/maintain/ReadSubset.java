package dev.mgit.lineage.maintain;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.ObjectId;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of the stored data a check reads, as restic has it: {@code N/M} is the N-th of M parts, {@code 5%} and {@code 10G}
 * as much as that, another part each day. Which part an object is in follows from its id alone, so all parts together are all
 * data, whatever is committed between the checks.
 */
public final class ReadSubset {
    /** All of it. */
    public static final ReadSubset ALL = new ReadSubset(1, 1, 0);

    private static final Pattern PART = Pattern.compile("([1-9]\\d{0,5})/([1-9]\\d{0,5})");
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3})?)%");

    private final long number;
    private final long parts;
    private final long bytes;

    private ReadSubset(long number, long parts, long bytes) {
        this.number = number;
        this.parts = parts;
        this.bytes = bytes;
    }

    /**
     * @param day since 1970, by which the part changes where none is named
     * @param size reads a number of bytes such as {@code 500M}, or throws
     * @throws MgitException of kind USAGE
     */
    public static ReadSubset parse(String text, long day, ToLongFunction<String> size) {
        Matcher part = PART.matcher(text);
        Matcher percent = PERCENT.matcher(text);
        if (part.matches() && Long.parseLong(part.group(1)) <= Long.parseLong(part.group(2))) {
            return new ReadSubset(Long.parseLong(part.group(1)), Long.parseLong(part.group(2)), 0);
        }
        if (percent.matches()
                && Double.parseDouble(percent.group(1)) > 0
                && Double.parseDouble(percent.group(1)) <= 100) {
            return rotating(day, (long) Math.ceil(100 / Double.parseDouble(percent.group(1))));
        }
        try {
            return new ReadSubset(day, 0, Math.max(1, size.applyAsLong(text)));
        } catch (MgitException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + text + "' is no part of the data",
                    "write 5%, 3/20 (the third of twenty parts), or a size such as 10G",
                    e);
        }
    }

    private static ReadSubset rotating(long day, long parts) {
        return new ReadSubset(Math.floorMod(day, parts) + 1, parts, 0);
    }

    /** The part meant, of data of so many bytes. */
    ReadSubset of(long total) {
        return bytes == 0 ? this : rotating(number, Math.max(1, (total + bytes - 1) / bytes));
    }

    boolean isAll() {
        return parts == 1;
    }

    boolean contains(ObjectId object) {
        return Long.parseLong(object.hex().substring(0, 12), 16) % parts == number - 1;
    }

    /** For instance {@code 3/20}. */
    @Override
    public String toString() {
        return parts == 0 ? "part of the day" : number + "/" + parts;
    }
}
