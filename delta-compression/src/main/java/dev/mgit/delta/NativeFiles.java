package dev.mgit.delta;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Native libraries, unpacked once into a folder that is kept rather than at every start into a temporary one. */
public final class NativeFiles {
    /** System property naming the folder; without it each library unpacks for itself. */
    private static final String PROPERTY = "mgit.native.dir";

    private NativeFiles() {}

    /** The folder that libraries are unpacked into; empty if that is a temporary one. */
    public static Optional<Path> folder() {
        return Optional.of(System.getProperty(PROPERTY, ""))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
    }

    /**
     * A library as a file in a folder of its own, named by its size so that an update never meets an old file.
     *
     * @param library what it is, for the folder's name
     * @param resource what the jar calls it
     * @param name what its loader wants it to be called
     */
    public static Path unpacked(Path parent, String library, URL resource, String name) throws IOException {
        var connection = resource.openConnection();
        Path folder = parent.resolve(library + "-" + connection.getContentLengthLong());
        Path file = folder.resolve(name);
        if (Files.notExists(file)) {
            Files.createDirectories(folder);
            Path temporary = Files.createTempFile(folder, name, ".new");
            try (InputStream in = connection.getInputStream()) {
                Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        }
        return file;
    }

    /** What to say where a library cannot be unpacked or started. */
    public static ResourceException notLoaded(String library, Throwable cause) {
        String place = folder().map(Path::toString).orElse(System.getProperty("java.io.tmpdir"));
        return new ResourceException(
                library + "'s native library cannot be loaded from " + place,
                "the folder must be writable, have 20 MB free and not be mounted noexec",
                cause);
    }
}
