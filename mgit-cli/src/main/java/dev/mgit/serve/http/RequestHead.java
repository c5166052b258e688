package dev.mgit.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The request line and headers, parsed strictly: what proxies and servers are known to read in different ways is
 * refused (RFC 9112, sections 2.2, 5.2, 6.3 and 11.2).
 *
 * @param target path and query as they were sent, beginning with a slash
 * @param headers by lower-case name
 * @param length bytes of the body, −1 if it comes in chunks
 */
record RequestHead(String method, String target, boolean keepAlive, Map<String, List<String>> headers, long length) {
    static final long CHUNKED = -1;

    private static final Pattern LINE = Pattern.compile("([A-Z]{1,16}) (/[\\x21-\\x7e]*) HTTP/1\\.([01])");
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    /**
     * Reads a head.
     *
     * @return empty if the client closed the connection instead
     * @throws HttpError if it is too long or malformed
     */
    static Optional<RequestHead> read(InputStream in, Limits limits) throws IOException {
        List<String> lines = new ArrayList<>();
        int left = limits.head();
        while (true) {
            boolean first = lines.isEmpty();
            Optional<String> line = line(in, first ? Math.min(left, limits.requestLine()) : left, first);
            if (line.isEmpty()) {
                return Optional.empty();
            }
            left -= line.get().length() + 2;
            if (!line.get().isEmpty()) {
                lines.add(line.get());
            } else if (!first) {
                return Optional.of(parse(lines));
            }
            if (lines.size() > Limits.HEADERS + 1) {
                throw new HttpError(431, "the request has more than " + Limits.HEADERS + " header lines");
            }
        }
    }

    /** A line without its end, as Latin-1; empty if the stream ends before. */
    private static Optional<String> line(InputStream in, int most, boolean first) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (b == '\n') {
                int end = line.length();
                boolean pair = end > 0 && line.charAt(end - 1) == '\r';
                return Optional.of(line.substring(0, pair ? end - 1 : end));
            }
            if (line.length() >= most) {
                throw first
                        ? new HttpError(414, "the request line is longer than " + most + " bytes")
                        : new HttpError(431, "the headers are too long");
            }
            line.append((char) b);
        }
        return Optional.empty();
    }

    private static RequestHead parse(List<String> lines) {
        Matcher line = LINE.matcher(lines.get(0));
        if (!line.matches()) {
            throw new HttpError(400, "not an HTTP/1.1 request");
        }
        Map<String, List<String>> headers = new HashMap<>();
        for (String text : lines.subList(1, lines.size())) {
            Matcher header = HEADER.matcher(text);
            if (!header.matches() || text.chars().anyMatch(c -> c != '\t' && c < ' ' || c == 0x7f)) {
                throw new HttpError(400, "a header line is malformed");
            }
            headers.computeIfAbsent(header.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.group(2));
        }
        boolean close = String.join(",", headers.getOrDefault("connection", List.of()))
                .toLowerCase(Locale.ROOT)
                .contains("close");
        return new RequestHead(
                line.group(1), line.group(2), line.group(3).equals("1") && !close, headers, length(headers));
    }

    private static long length(Map<String, List<String>> headers) {
        List<String> lengths = headers.getOrDefault("content-length", List.of());
        List<String> codings = headers.getOrDefault("transfer-encoding", List.of());
        if (codings.isEmpty()) {
            if (lengths.size() > 1
                    || !lengths.isEmpty() && !NUMBER.matcher(lengths.get(0)).matches()) {
                throw new HttpError(400, "Content-Length is malformed");
            }
            return lengths.isEmpty() ? 0 : Long.parseLong(lengths.get(0));
        }
        if (!lengths.isEmpty()) {
            throw new HttpError(400, "a request has either Content-Length or Transfer-Encoding");
        }
        if (codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked")) {
            throw new HttpError(501, "the only Transfer-Encoding is chunked");
        }
        return CHUNKED;
    }

    /** The value of a header that a request has once at most. */
    Optional<String> header(String name) {
        List<String> values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        if (values.size() > 1) {
            throw new HttpError(400, "there is more than one header '" + name + "'");
        }
        return values.stream()
                .findFirst()
                .map(value -> new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
    }
}
