package dev.mgit.lineage.architecture;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.layout.ByteSource;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file behind a web address, read by HTTP range requests (RFC 9110, section 14). Only what is asked for is fetched,
 * a window at a time, and never more than {@link #MOST} bytes in all: headers are small, and whoever asks for more is
 * about to read weights.
 */
final class HttpFile implements ByteSource {
    /** The safetensors limit on a header, and room for windows. */
    static final long MOST = 128L << 20;

    private static final int WINDOW = 1 << 16;
    private static final int MAX_REDIRECTS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTIAL = 206;
    private static final int UNSATISFIABLE = 416;
    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");

    private final HttpClient client;
    private final URI address;
    private final long size;
    private final Optional<String> tag;
    private long fetched;
    private long heldFrom;
    private byte[] held;

    private HttpFile(HttpClient client, URI address, Part first) {
        this.client = client;
        this.address = address;
        this.size = first.size;
        this.tag = first.tag;
        this.held = first.bytes;
        this.fetched = first.bytes.length;
    }

    /** Some bytes of a file, and what the server says of the whole. */
    private static final class Part {
        final byte[] bytes;
        final long size;
        final Optional<String> tag;

        Part(byte[] bytes, long size, Optional<String> tag) {
            this.bytes = bytes;
            this.size = size;
            this.tag = tag;
        }
    }

    static HttpClient client() {
        return HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(PATIENCE)
                .build();
    }

    /**
     * Asks for the first bytes of a file.
     *
     * @throws MgitException of kind REMOTE if it is not there, or its server does not answer range requests
     */
    static HttpFile open(HttpClient client, URI address) throws IOException {
        return new HttpFile(client, address, fetch(client, address, 0, WINDOW));
    }

    /** The URI's last part: the file's name. */
    static String name(URI address) {
        String path = Objects.requireNonNullElse(address.getPath(), "");
        return path.substring(path.lastIndexOf('/') + 1);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public synchronized void read(long position, byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (position < 0 || position > size - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size);
        }
        if (position < heldFrom || position + length > heldFrom + held.length) {
            move(position, length);
        }
        System.arraycopy(held, (int) (position - heldFrom), target, offset, length);
    }

    private void move(long position, int length) throws IOException {
        // Where reading goes on, windows grow with what was read already: a long header takes few requests.
        boolean goesOn = position >= heldFrom && position <= heldFrom + held.length;
        long window = goesOn ? Math.max(WINDOW, fetched) : WINDOW;
        long wanted = Math.min(Math.max(length, window), Math.min(size - position, MOST));
        if (fetched + wanted > MOST) {
            throw new MgitException(
                    MgitException.Kind.REMOTE,
                    "the headers of " + address + " are more than " + MOST + " bytes",
                    "download the file and inspect it on disk");
        }
        Part part = fetch(client, address, position, (int) wanted);
        if (part.size != size || !part.tag.equals(tag)) {
            throw new MgitException(MgitException.Kind.REMOTE, address + " changed while it was read", "try again");
        }
        held = part.bytes;
        heldFrom = position;
        fetched += held.length;
        if (held.length < length) {
            throw new EOFException(address + " ended at byte " + (position + held.length) + " of " + size);
        }
    }

    /** Follows redirects by hand: only to http and https, and from https to nothing weaker. */
    private static Part fetch(HttpClient client, URI first, long start, int length) throws IOException {
        URI at = first;
        for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
            HttpRequest request = HttpRequest.newBuilder(at)
                    .timeout(PATIENCE)
                    .header("Range", "bytes=" + start + "-" + (start + length - 1))
                    .header("Accept-Encoding", "identity")
                    .header("User-Agent", "mgit")
                    .build();
            HttpResponse<InputStream> answer = send(client, request);
            try (InputStream body = answer.body()) {
                Optional<String> target = answer.headers().firstValue("Location");
                if (answer.statusCode() / 100 == 3 && target.isPresent()) {
                    at = WebAddress.redirect(at, target.get());
                    continue;
                }
                return part(first, answer, body, start, length);
            }
        }
        throw new MgitException(MgitException.Kind.REMOTE, first + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private static HttpResponse<InputStream> send(HttpClient client, HttpRequest request) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new MgitException(
                    MgitException.Kind.REMOTE,
                    "cannot reach " + request.uri() + ": " + why,
                    "check the address and the network",
                    e);
        }
    }

    private static Part part(URI address, HttpResponse<InputStream> answer, InputStream body, long start, int length)
            throws IOException {
        int status = answer.statusCode();
        Optional<String> tag = answer.headers().firstValue("ETag");
        Optional<String> range = answer.headers().firstValue("Content-Range");
        if (status == PARTIAL && range.isPresent()) {
            Matcher parts = RANGE.matcher(range.get());
            if (parts.matches() && Long.parseLong(parts.group(1)) == start) {
                long size = Long.parseLong(parts.group(3));
                int expected = (int) Math.min(length, size - start);
                byte[] bytes = body.readNBytes(expected);
                if (bytes.length == expected) {
                    return new Part(bytes, size, tag);
                }
            }
            throw new MgitException(
                    MgitException.Kind.REMOTE,
                    address + " answered a request for bytes " + start + " to " + (start + length - 1) + " with '"
                            + range.get() + "'" + " or with fewer bytes");
        }
        if (status == 200) {
            return whole(address, answer, body, tag);
        }
        if (status == UNSATISFIABLE) {
            return new Part(new byte[0], 0, tag);
        }
        throw new MgitException(
                MgitException.Kind.REMOTE,
                address + " answered with status " + status,
                status == 401 || status == 403
                        ? "download the file with your credentials and inspect it on disk"
                        : "check the address");
    }

    /** A server that sends all it has is fine as long as that is little. */
    private static Part whole(URI address, HttpResponse<InputStream> answer, InputStream body, Optional<String> tag)
            throws IOException {
        long size = answer.headers().firstValueAsLong("Content-Length").orElse(WINDOW + 1L);
        if (size > WINDOW) {
            throw new MgitException(
                    MgitException.Kind.REMOTE,
                    address + " cannot be read in part: its server does not answer range requests",
                    "download the file and inspect it on disk");
        }
        byte[] bytes = body.readNBytes((int) size);
        return new Part(bytes, bytes.length, tag);
    }
}
