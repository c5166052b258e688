package dev.mgit.serve.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
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
    private final Optional<String> token;

    /** @param loopbackOnly whether the server listens on the loopback interface alone */
    Guard(boolean loopbackOnly, Optional<String> token) {
        this.loopbackOnly = loopbackOnly;
        this.token = token;
    }

    /** @throws HttpError if the request is refused */
    void check(RequestHead head) {
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
        if (token.isPresent() && !isToken(head.header("Authorization").orElse(""), token.get())) {
            boolean browser = head.header("Accept")
                    .filter(types -> types.contains("text/html"))
                    .isPresent();
            // This very sentence tells clients of the Hub that the token is at fault, not the name of the model.
            throw new HttpError(
                    401,
                    "Invalid credentials in Authorization header",
                    Map.of("WWW-Authenticate", browser ? "Basic realm=\"mgit\", charset=\"UTF-8\"" : "Bearer"));
        }
    }

    /** A browser asks its user for a name and a password: the token is the password, under whatever name. */
    private static boolean isToken(String authorization, String token) {
        String[] parts = authorization.strip().split(" +", 2);
        String given = "";
        if (parts.length == 2 && parts[0].equalsIgnoreCase("Bearer")) {
            given = parts[1];
        } else if (parts.length == 2 && parts[0].equalsIgnoreCase("Basic")) {
            given = password(parts[1]);
        }
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
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
