package dev.mgit.serve.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which handler answers which requests. A pattern is a path in which {@code {name}} stands for one segment,
 * {@code {name:2}} for one or two, one if that will do, and {@code {name:*}} for all that is left. A GET route answers
 * HEAD as well.
 */
public final class Route {
    /** Answers one request. */
    @FunctionalInterface
    public interface Handler {
        /** @throws HttpError if it cannot */
        Reply handle(Request request) throws IOException;
    }

    private static final Pattern PLACE = Pattern.compile("\\{(\\w+)(?::([2*]))?\\}");

    private final String method;
    private final String path;
    private final Pattern pattern;
    private final List<String> places = new ArrayList<>();
    private final Handler handler;
    private final boolean changes;
    private final boolean signed;

    private Route(String method, String pattern, Handler handler, boolean changes, boolean signed) {
        this.method = method;
        this.path = pattern;
        this.pattern = compile(pattern);
        this.handler = handler;
        this.changes = changes;
        this.signed = signed;
    }

    /** A route that only reads. */
    public static Route of(String method, String pattern, Handler handler) {
        return new Route(method, pattern, handler, false, false);
    }

    /** A route that may change the repository. */
    public static Route changing(String method, String pattern, Handler handler) {
        return new Route(method, pattern, handler, true, false);
    }

    /** A route that may change the repository and checks itself who asks: by a signature in the path, not by a token. */
    public static Route signed(String method, String pattern, Handler handler) {
        return new Route(method, pattern, handler, true, true);
    }

    private Pattern compile(String path) {
        var regex = new StringBuilder();
        Matcher place = PLACE.matcher(path);
        int at = 0;
        while (place.find()) {
            regex.append(Pattern.quote(path.substring(at, place.start())));
            String much = Optional.ofNullable(place.group(2)).orElse("");
            regex.append(much.equals("2") ? "([^/]+(?:/[^/]+)??)" : much.equals("*") ? "(.+)" : "([^/]+)");
            places.add(place.group(1));
            at = place.end();
        }
        return Pattern.compile(regex.append(Pattern.quote(path.substring(at))).toString());
    }

    /** The pattern it was made with. */
    public String path() {
        return path;
    }

    boolean changes() {
        return changes;
    }

    boolean isSigned() {
        return signed;
    }

    String method() {
        return method;
    }

    boolean answers(String asked) {
        return method.equals(asked) || method.equals("GET") && asked.equals("HEAD");
    }

    /** What stands in the pattern's places, each decoded after the path was taken apart; empty if it is another path. */
    Optional<Map<String, String>> match(String path) {
        Matcher matcher = pattern.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Map<String, String> parts = new HashMap<>();
        for (int i = 0; i < places.size(); i++) {
            parts.put(places.get(i), UrlText.decode(matcher.group(i + 1)));
        }
        return Optional.of(parts);
    }

    Reply handle(Request request) throws IOException {
        return handler.handle(request);
    }
}
