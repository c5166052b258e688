package dev.mgit.serve.hub;

import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.UrlText;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Numbers in queries, dates, and lists that come in pages. */
final class Numbers {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private Numbers() {}

    /** A number from 0 on in the query. */
    static int query(Request request, String name, int otherwise) {
        Optional<String> text = request.query(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("\\d{1,9}")) {
            throw new HttpError(400, "'" + name + "' is not a number");
        }
        return Integer.parseInt(text.get());
    }

    static String date(Instant when) {
        return DATE.format(when);
    }

    /** The header that leads a client to the next page: the same URL with one field of its query changed. */
    static Map<String, String> next(Request request, String field, String value) {
        var url = new StringBuilder("http://")
                .append(request.header("Host").orElse(""))
                .append(request.path())
                .append('?');
        request.query().forEach((name, values) -> {
            if (!name.equals(field)) {
                values.forEach(each -> field(url, name, each));
            }
        });
        field(url, field, value);
        return Map.of("Link", "<" + url.substring(0, url.length() - 1) + ">; rel=\"next\"");
    }

    private static void field(StringBuilder url, String name, String value) {
        url.append(UrlText.encode(name))
                .append('=')
                .append(UrlText.encode(value))
                .append('&');
    }

    /** A page of a list that is at hand. */
    static <T> List<T> page(List<T> all, int from, int most) {
        int start = Math.min(from, all.size());
        return all.subList(start, (int) Math.min(all.size(), (long) start + most));
    }
}
