package dev.mgit.serve.http;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** From a request to its reply: guard, route, handler; what goes wrong becomes a reply too. */
final class Router {
    private final Guard guard;
    private final List<Route> routes;
    private final boolean readOnly;
    private final Consumer<String> warnings;

    /** @param readOnly whether to refuse what changes the repository */
    Router(Guard guard, List<Route> routes, boolean readOnly, Consumer<String> warnings) {
        this.guard = guard;
        this.routes = List.copyOf(routes);
        this.readOnly = readOnly;
        this.warnings = warnings;
    }

    Reply answer(RequestHead head, InputStream body) throws IOException {
        try {
            guard.checkOrigin(head);
            return route(head, body);
        } catch (HttpError e) {
            return e.reply();
        } catch (MgitException e) {
            return failure(e).reply();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException e) {
            warnings.accept("a request failed: " + e);
            return new HttpError(500, "the server made a mistake").reply();
        }
    }

    private Reply route(RequestHead head, InputStream body) throws IOException {
        String path = Request.path(head.target());
        String trimmed = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        List<Route> matching = routes.stream()
                .filter(route -> route.match(trimmed).isPresent())
                .toList();
        boolean signed = matching.stream().anyMatch(route -> route.isSigned() && route.answers(head.method()));
        Optional<Token> token = signed ? Optional.empty() : guard.token(head);
        if (matching.isEmpty()) {
            throw new HttpError(404, "there is nothing at this path");
        }
        Route route = matching.stream()
                .filter(candidate -> candidate.answers(head.method()))
                .findFirst()
                .orElseThrow(() -> new HttpError(
                        405,
                        "this path does not take " + head.method(),
                        Map.of("Allow", matching.stream().map(Route::method).collect(Collectors.joining(", ")))));
        if (readOnly && route.changes()) {
            throw new HttpError(403, "this server is read-only");
        }
        if (route.changes() && token.isPresent() && !token.get().mayWrite()) {
            throw new HttpError(403, "the token of '" + token.get().name() + "' is for reading only");
        }
        Optional<Map<String, String>> parts = route.match(trimmed);
        return route.handle(new Request(head, body, parts.orElseThrow(), token));
    }

    /** What the library refused, told to the client; damage is the owner's business too. */
    HttpError failure(MgitException e) {
        if (e.kind() == MgitException.Kind.USAGE) {
            return new HttpError(400, e.getMessage());
        }
        warnings.accept(e.getMessage());
        return new HttpError(500, e.getMessage());
    }
}
