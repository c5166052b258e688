package dev.mgit.lineage.architecture;

import dev.mgit.delta.MgitException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Web addresses that files are read from: http and https, without a user's name. */
public final class WebAddress {
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://.*", Pattern.DOTALL);

    private WebAddress() {}

    /** Whether an argument is an address rather than a revision or a path. */
    public static boolean looksLike(String argument) {
        return SCHEME.matcher(argument).matches();
    }

    /** @throws MgitException of kind USAGE if it is not one that is read */
    public static URI parse(String text) {
        try {
            URI address = new URI(text);
            if (isWeb(address) && address.getHost() != null && address.getUserInfo() == null) {
                return address;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new MgitException(
                MgitException.Kind.USAGE,
                "'" + withoutUser(text) + "' is not an address mgit reads",
                "give http://… or https://… without a user name");
    }

    /** @throws MgitException of kind REMOTE if it leads to anything but http or https, or from https to http */
    static URI redirect(URI from, String location) {
        try {
            URI to = from.resolve(new URI(location));
            boolean weaker = isSecure(from) && !isSecure(to);
            if (isWeb(to) && to.getHost() != null && to.getUserInfo() == null && !weaker) {
                return to;
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            // said below
        }
        throw new MgitException(
                MgitException.Kind.REMOTE,
                from + " redirects to '" + withoutUser(location) + "', which is not followed",
                "give the address of the file itself");
    }

    private static boolean isWeb(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        return scheme.equals("http") || scheme.equals("https");
    }

    private static boolean isSecure(URI address) {
        return "https".equalsIgnoreCase(address.getScheme());
    }

    private static String withoutUser(String text) {
        return text.replaceFirst("//[^/@]*@", "//…@");
    }
}
