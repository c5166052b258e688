package dev.mgit.serve.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may ask. A server on the loopback interface is reached by every page in the user's browser: a page of another
 * origin is refused, and so is a name that its owner made to resolve to this machine (DNS rebinding).
 */
final class Guard {
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}\\])(?::\\d{1,5})?");
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1\\]|\\[0:0:0:0:0:0:0:1\\]");

    private final boolean loopbackOnly;
    private final List<Token> tokens;

    /** @param loopbackOnly whether the server listens on the loopback interface alone */
    Guard(boolean loopbackOnly, List<Token> tokens) {
        this.loopbackOnly = loopbackOnly;
        this.tokens = tokens;
    }

    /** @throws HttpError if a page of another origin may have sent the request */
    void checkOrigin(RequestHead head) {
        String host = head.header("Host").orElse("");
        Matcher parts = HOST.matcher(host);
        if (!parts.matches()) {
            throw new HttpError(400, "the request has no valid Host header");
        }
        if (loopbackOnly
                && !LOOPBACK.matcher(parts.group(1).toLowerCase(Locale.ROOT)).matches()) {
            throw new HttpError(403, "this server listens on this machine only and is not known as '" + host + "'");
        }
        Optional<String> origin = head.header("Origin");
        if (origin.isPresent()
                && !origin.get().equals("http://" + host)
                && !origin.get().equals("https://" + host)) {
            throw new HttpError(403, "requests from pages of other origins are refused");
        }
        boolean navigates = head.method().equals("GET")
                && head.header("Sec-Fetch-Mode").filter("navigate"::equals).isPresent();
        boolean foreign = head.header("Sec-Fetch-Site")
                .filter(site -> !site.equals("same-origin") && !site.equals("none"))
                .isPresent();
        if (!navigates && foreign) {
            throw new HttpError(403, "requests from pages of other origins are refused");
        }
    }

    /**
     * The token that the client shows; empty where none is asked for.
     *
     * @throws HttpError if it shows none, or one that is not known
     */
    Optional<Token> token(RequestHead head) {
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        byte[] given = secret(head.header("Authorization").orElse("")).getBytes(StandardCharsets.UTF_8);
        Optional<Token> shown = Optional.empty();
        for (Token token : tokens) { // all of them, so that time tells nothing
            if (MessageDigest.isEqual(given, token.secret().getBytes(StandardCharsets.UTF_8))) {
                shown = Optional.of(token);
            }
        }
        if (shown.isEmpty()) {
            boolean browser = head.header("Accept")
                    .filter(types -> types.contains("text/html"))
                    .isPresent();
            // This very sentence tells clients of the Hub that the token is at fault, not the name of the model.
            throw new HttpError(
                    401,
                    "Invalid credentials in Authorization header",
                    Map.of("WWW-Authenticate", browser ? "Basic realm=\"mgit\", charset=\"UTF-8\"" : "Bearer"));
        }
        return shown;
    }

    /** A browser asks its user for a name and a password: the token is the password, under whatever name. */
    private static String secret(String authorization) {
        String[] parts = authorization.strip().split(" +", 2);
        if (parts.length == 2 && parts[0].equalsIgnoreCase("Bearer")) {
            return parts[1];
        }
        return parts.length == 2 && parts[0].equalsIgnoreCase("Basic") ? password(parts[1]) : "";
    }

    private static String password(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            return pair.substring(pair.indexOf(':') + 1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
