package dev.mgit.lineage.remote.store;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.DurableNames;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Opens stores by their URL: {@code file:///FOLDER}, the path of a folder, or {@code s3://BUCKET/PREFIX}. */
public final class RemoteStores {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

    private RemoteStores() {}

    /**
     * Opens a store that tries again what fails in passing.
     *
     * @throws MgitException of kind USAGE if the URL is none; of kind REMOTE if there is no such folder
     */
    public static RemoteStore open(String url) {
        Matcher scheme = SCHEME.matcher(url);
        if (!scheme.matches()) {
            return new FileStore(path(url, url));
        }
        return switch (scheme.group(1)) {
            case "file" -> new FileStore(folder(url));
            case S3Location.SCHEME -> new PatientStore(S3Store.open(url), Pause.real());
            default ->
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "cannot use the store " + url + ": stores of kind '" + scheme.group(1) + ":' are not known",
                        "use file:///FOLDER or s3://BUCKET/PREFIX");
        };
    }

    /** The same, and creates the folder of a {@code file:} store where only that is missing. */
    public static RemoteStore create(String url) {
        Matcher scheme = SCHEME.matcher(url);
        if (!scheme.matches() || scheme.group(1).equals("file")) {
            Path folder = scheme.matches() ? folder(url) : path(url, url);
            try {
                DurableNames.createFolder(folder);
            } catch (FileAlreadyExistsException e) {
                // There already, or made by another push meanwhile; open() refuses what is no folder.
            } catch (IOException e) {
                throw StoreException.lasting(
                        "cannot create the folder " + folder + ": " + e, "create the folder it lies in", e);
            }
        }
        return open(url);
    }

    private static Path folder(String url) {
        try {
            URI uri = URI.create(url);
            if (uri.isOpaque() || uri.getRawQuery() != null || uri.getRawFragment() != null) {
                throw wrong(url);
            }
            String host = uri.getHost();
            if (host != null && !host.equals("localhost")) {
                throw wrong(url);
            }
            return path(url, uri.getPath());
        } catch (IllegalArgumentException e) {
            throw wrong(url);
        }
    }

    private static Path path(String url, String path) {
        try {
            return Path.of(path).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw wrong(url);
        }
    }

    private static MgitException wrong(String url) {
        return new MgitException(
                MgitException.Kind.USAGE,
                "cannot use the store " + url + ": it names no folder of this machine",
                "write file:///FOLDER, with the spaces in it as %20");
    }
}
