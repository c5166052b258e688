package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.transport.URIish;

/**
 * Where a lineage lies elsewhere: a path or one of the addresses Git knows, {@code file:}, {@code ssh:}, {@code git:},
 * {@code http:}, {@code https:} and {@code user@host:path}.
 */
public final class RemoteAddress {
    private static final Set<String> SCHEMES = Set.of("file", "ssh", "git+ssh", "ssh+git", "git", "http", "https");
    private static final String FORMS = "give a path, or a file:, ssh:, https: or user@host:path address";

    private final URIish uri;

    private RemoteAddress(URIish uri) {
        this.uri = uri;
    }

    /**
     * Reads an address as a user or a configuration file gives it.
     *
     * @param directory what a relative path is relative to
     * @throws MgitException of kind USAGE for an address that no transport here serves, holds a password, or would reach
     *     another program as an option
     */
    public static RemoteAddress parse(String text, Path directory) {
        if (text.isBlank()
                || text.startsWith("-")
                || text.contains("::")
                || text.chars().anyMatch(c -> c < ' ')) {
            throw refused(text, "is not the address of a lineage");
        }
        URIish uri;
        try {
            uri = new URIish(text);
        } catch (URISyntaxException e) {
            throw new MgitException(MgitException.Kind.USAGE, "'" + text + "' is not an address", FORMS, e);
        }
        if (!uri.isRemote() && uri.getScheme() == null) {
            return new RemoteAddress(uri.setPath(directory
                    .resolve(uri.getPath())
                    .toAbsolutePath()
                    .normalize()
                    .toString()));
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("ssh").toLowerCase(Locale.ROOT);
        if (!SCHEMES.contains(scheme)) {
            throw refused(text, "has a scheme that mgit does not serve, '" + scheme + "'");
        }
        if (uri.getPass() != null) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the address '" + uri + "' holds a password, which would be kept in a file",
                    "leave it out; mgit asks Git's credential helpers and ~/.netrc");
        }
        if (isOption(uri.getHost()) || isOption(uri.getUser()) || isOption(uri.getPath())) {
            throw refused(text, "has a host, user or path that begins with '-'");
        }
        return new RemoteAddress(uri);
    }

    private static boolean isOption(String part) {
        return part != null && part.startsWith("-");
    }

    private static MgitException refused(String text, String why) {
        return new MgitException(MgitException.Kind.USAGE, "'" + text + "' " + why, FORMS);
    }

    URIish uri() {
        return uri;
    }

    /** The folder this address names on this machine; empty if it lies elsewhere. */
    public Optional<Path> folder() {
        boolean local =
                uri.getScheme() == null ? !uri.isRemote() : uri.getScheme().equalsIgnoreCase("file");
        return local ? Optional.of(Path.of(uri.getPath())) : Optional.empty();
    }

    /** The name Git would give a clone: the last part of the path without {@code .git}. */
    public String suggestedName() {
        try {
            return uri.getHumanishName();
        } catch (IllegalArgumentException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "the address '" + uri + "' has no name in it", "name a folder", e);
        }
    }

    /**
     * Refuses the folder of an mgit repository: what is written there belongs to its operation log.
     *
     * @throws MgitException of kind USAGE
     */
    public void requireNoWorkingRepository() {
        Optional<Path> folder = folder();
        if (folder.isPresent()
                && (Files.isDirectory(folder.get().resolve(".mgit"))
                        || Files.isRegularFile(folder.get().resolveSibling("format")))) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + uri + "' is an mgit repository that somebody works in, not a remote",
                    "make a bare one with 'git init --bare PATH.git' and push to it from both");
        }
    }

    /** The address as it is kept and shown. */
    @Override
    public String toString() {
        return uri.toString();
    }
}
