package dev.mgit.lineage.remote.store;

import dev.mgit.delta.MgitException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Where a bucket is: {@code s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME&path-style=true|false&timeout=SECONDS]}.
 *
 * @param prefix empty, or ends with a slash
 * @param endpoint of a service other than Amazon's
 * @param pathStyle whether the bucket stands in the path rather than in the host's name; what most other services want
 * @param timeout how long a service may be silent
 */
record S3Location(
        String bucket,
        String prefix,
        Optional<URI> endpoint,
        Optional<String> region,
        boolean pathStyle,
        Duration timeout) {
    static final String SCHEME = "s3";

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,3}");

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** @throws MgitException of kind USAGE if it is none */
    static S3Location parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw wrong(url, "it is no URL: " + e.getReason());
        }
        if (uri.getRawUserInfo() != null) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the URL of a store must not hold credentials",
                    "put them where the AWS tools look: the environment, ~/.aws, or the machine's role");
        }
        String bucket = uri.getRawAuthority();
        if (bucket == null || !BUCKET.matcher(bucket).matches()) {
            throw wrong(url, "'" + bucket + "' is no name of a bucket");
        }
        Map<String, String> options = options(url, uri.getRawQuery());
        Optional<URI> endpoint = Optional.ofNullable(options.remove("endpoint")).map(text -> endpoint(url, text));
        Optional<String> region = Optional.ofNullable(options.remove("region"));
        String style = options.remove("path-style");
        Duration timeout = timeout(url, Optional.ofNullable(options.remove("timeout")));
        if (!options.isEmpty()) {
            throw wrong(
                    url, "there is no option '" + options.keySet().iterator().next() + "'");
        }
        boolean pathStyle = style == null ? endpoint.isPresent() : Boolean.parseBoolean(style);
        return new S3Location(bucket, prefix(url, uri.getPath()), endpoint, region, pathStyle, timeout);
    }

    private static Duration timeout(String url, Optional<String> seconds) {
        if (seconds.isPresent() && !SECONDS.matcher(seconds.get()).matches()) {
            throw wrong(url, "its timeout must be a number of seconds, 1 to 9999");
        }
        return seconds.map(number -> Duration.ofSeconds(Long.parseLong(number))).orElse(TIMEOUT);
    }

    private static String prefix(String url, String path) {
        String trimmed = path.replaceAll("^/+|/+$", "");
        if (!trimmed.isEmpty() && !StoreKey.isKey(trimmed)) {
            throw wrong(url, "its path must be names of letters, digits, '-', '_' and '.'");
        }
        return trimmed.isEmpty() ? "" : trimmed + "/";
    }

    private static URI endpoint(String url, String text) {
        try {
            URI endpoint = new URI(text);
            boolean web = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
            if (web && endpoint.getHost() != null && endpoint.getRawUserInfo() == null) {
                return endpoint;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw wrong(url, "its endpoint must be http://HOST[:PORT] or https://HOST[:PORT]");
    }

    private static Map<String, String> options(String url, String query) {
        Map<String, String> options = new TreeMap<>();
        for (String option : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
            int equals = option.indexOf('=');
            if (equals < 0) {
                throw wrong(url, "'" + option + "' is no option");
            }
            options.put(
                    option.substring(0, equals),
                    URLDecoder.decode(option.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return options;
    }

    private static MgitException wrong(String url, String why) {
        return new MgitException(
                MgitException.Kind.USAGE,
                "cannot use the store " + url + ": " + why,
                "write s3://BUCKET[/PREFIX][?endpoint=URL&region=NAME&path-style=true&timeout=SECONDS]");
    }
}
