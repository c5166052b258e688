package dev.mgit.serve.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a file that a {@code Range} header asks for (RFC 9110, section 14). Several parts at once, and what is
 * malformed, count as no header at all, as the RFC allows.
 */
record ByteRange(long from, long length) {
    private static final Pattern BYTES = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** @return empty if the whole file is meant; a range of no bytes if the file has none of those asked for */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher parts = BYTES.matcher(header);
        if (!parts.matches() || parts.group(1).isEmpty() && parts.group(2).isEmpty()) {
            return Optional.empty();
        }
        if (parts.group(1).isEmpty()) {
            long length = Math.min(size, Long.parseLong(parts.group(2)));
            return Optional.of(new ByteRange(size - length, length));
        }
        long from = Long.parseLong(parts.group(1));
        long last = parts.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(parts.group(2)));
        if (!parts.group(2).isEmpty() && Long.parseLong(parts.group(2)) < from) {
            return Optional.empty();
        }
        return Optional.of(new ByteRange(from, from < size ? last - from + 1 : 0));
    }

    /** The value of {@code Content-Range}. */
    String contentRange(long size) {
        return "bytes " + from + "-" + (from + length - 1) + "/" + size;
    }
}
