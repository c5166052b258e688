package dev.mgit.bench;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: {@code 4GB}, {@code 1.5 MB}, {@code 100000}. */
record Size(long bytes) {
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([kMGT]?)B?");
    private static final Map<String, Double> UNITS = Map.of("", 1.0, "k", 1e3, "M", 1e6, "G", 1e9, "T", 1e12);

    /** @throws TypeConversionException if it is no such number */
    static Size parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a size; write 500MB or 4GB");
        }
        double unit = UNITS.getOrDefault(String.valueOf(matcher.group(2)), 1.0);
        return new Size((long) (Double.parseDouble(String.valueOf(matcher.group(1))) * unit));
    }

    /** For picocli. */
    static final class Reader implements ITypeConverter<Size> {
        @Override
        public Size convert(String value) {
            return parse(value);
        }
    }
}
