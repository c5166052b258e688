package dev.mgit.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A request that has passed the guard and found its route. */
public final class Request {
    private final RequestHead head;
    private final InputStream body;
    private final Map<String, String> parts;
    private final Optional<Token> token;

    Request(RequestHead head, InputStream body, Map<String, String> parts, Optional<Token> token) {
        this.head = head;
        this.body = body;
        this.parts = Map.copyOf(parts);
        this.token = token;
    }

    /** What the client has shown; empty where none is asked for. */
    public Optional<Token> token() {
        return token;
    }

    /** Bytes of the body, as far as the client says so beforehand. */
    public OptionalLong length() {
        return head.length() < 0 ? OptionalLong.empty() : OptionalLong.of(head.length());
    }

    /** Where the client reaches this server, without a slash at the end. */
    public String origin() {
        String scheme = head.header("X-Forwarded-Proto").filter("https"::equals).orElse("http");
        return scheme + "://" + head.header("Host").orElse("");
    }

    public boolean isHead() {
        return head.method().equals("HEAD");
    }

    /** What stood in a place of the route's pattern, decoded; empty if the route has no such place. */
    public String part(String name) {
        return parts.getOrDefault(name, "");
    }

    public Optional<String> header(String name) {
        return head.header(name);
    }

    /** The path as it was sent, without the query. */
    public String path() {
        return path(head.target());
    }

    static String path(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The fields of the query. */
    public Map<String, List<String>> query() {
        int query = head.target().indexOf('?');
        return query < 0 ? Map.of() : UrlText.fields(head.target().substring(query + 1));
    }

    /** The first value of a field of the query. */
    public Optional<String> query(String name) {
        return query().getOrDefault(name, List.of()).stream().findFirst();
    }

    /** The body, to be read once. */
    public InputStream body() {
        return body;
    }

    /** The whole body. */
    public byte[] body(int most) throws IOException {
        byte[] bytes = body.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new HttpError(413, "the request has more than " + most + " bytes");
        }
        return bytes;
    }
}
