package dev.mgit.serve.web;

import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What requests ask for in their queries. */
final class Queries {
    private static final int MOST_OPENED = 64;
    private static final int MOST_SHOWN = 200;

    private Queries() {}

    /** A number of the query, brought into its bounds. */
    static int number(Request request, String name, int otherwise, int least, int most) {
        Optional<String> text = request.query(name).filter(value -> !value.isEmpty());
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.get().matches("\\d{1,9}")) {
            throw new HttpError(400, "'" + name + "' is not a number");
        }
        return Math.max(least, Math.min(most, Integer.parseInt(text.get())));
    }

    static String text(Request request, String name) {
        return request.query(name).orElse("").strip();
    }

    /** Everything a graph can be filtered by: {@code version} and the kinds of derivation. */
    static List<String> kinds() {
        return Stream.concat(
                        Stream.of("version"), Arrays.stream(EdgeKind.values()).map(EdgeKind::word))
                .toList();
    }

    /** The kinds asked for, by repeated fields or with commas between them; none for all. */
    static List<String> kinds(Request request) {
        List<String> asked = request.query().getOrDefault("kind", List.of()).stream()
                .flatMap(value -> Arrays.stream(value.split(",")))
                .filter(word -> !word.isEmpty())
                .distinct()
                .toList();
        for (String word : asked) {
            if (!kinds().contains(word)) {
                throw new HttpError(400, "there is no kind of edge '" + word + "'");
            }
        }
        return asked;
    }

    static EdgeFilter filter(List<String> kinds) {
        List<EdgeKind> provenance = new ArrayList<>();
        for (EdgeKind kind : EdgeKind.values()) {
            if (kinds.contains(kind.word())) {
                provenance.add(kind);
            }
        }
        return kinds.isEmpty() ? EdgeFilter.ALL : EdgeFilter.of(kinds.contains("version"), provenance);
    }

    /** Folds to open and how far, by their keys; of two for one fold the larger. */
    static Map<String, Integer> opened(Request request) {
        Map<String, Integer> opened = new HashMap<>();
        for (String value : request.query().getOrDefault("open", List.of())) {
            int colon = value.lastIndexOf(':');
            if (colon < 0 || !value.substring(colon + 1).matches("\\d{1,6}") || opened.size() >= MOST_OPENED) {
                throw new HttpError(400, "'open' takes up to " + MOST_OPENED + " keys of folds, each with a number");
            }
            int count = Math.min(MOST_SHOWN, Integer.parseInt(value.substring(colon + 1)));
            opened.merge(value.substring(0, colon), count, Math::max);
        }
        return opened;
    }
}
