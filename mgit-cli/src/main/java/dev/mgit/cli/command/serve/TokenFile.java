package dev.mgit.cli.command.serve;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.function.Consumer;

/** The token that clients have to send. */
final class TokenFile {
    private static final int SHORTEST = 16;
    private static final int LONGEST = 1024;

    private TokenFile() {}

    /**
     * Reads a token.
     *
     * @param warnings told if others can read it too
     * @throws MgitException of kind USAGE if it could be guessed, or cannot be sent in a header
     */
    static String read(Path file, Consumer<String> warnings) throws IOException {
        if (Files.size(file) > LONGEST) {
            throw MgitException.usage("'" + file + "' holds no token: it is longer than " + LONGEST + " bytes");
        }
        String token = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip();
        if (!token.matches("[\\x21-\\x7e]{" + SHORTEST + ",}")) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the token in '" + file + "' must be " + SHORTEST + " or more ASCII characters without spaces",
                    "make one with: head -c 24 /dev/urandom | base64 > FILE");
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.GROUP_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_READ)) {
                warnings.accept("other users can read '" + file + "'; chmod 600 it");
            }
        }
        return token;
    }
}
