package dev.mgit.cli.command.serve;

import dev.mgit.delta.MgitException;
import dev.mgit.serve.http.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tokens of which clients have to send one: a line each, {@code TOKEN [NAME [read|write]]}. Without a name it is
 * {@value #NOBODY}'s, without a word it is for writing too.
 */
final class TokenFile {
    private static final int SHORTEST = 16;
    private static final int LONGEST = 1 << 16;
    private static final String NOBODY = "mgit";
    private static final Pattern LINE = Pattern.compile(
            "([\\x21-\\x7e]{" + SHORTEST + ",1024})(?:\\s+(\\w(?:[\\w.-]{0,94}\\w)?)(?:\\s+(read|write))?)?");

    private TokenFile() {}

    /**
     * Reads the tokens.
     *
     * @param warnings told if others can read it too
     * @throws MgitException of kind USAGE if it could be guessed, or cannot be sent in a header
     */
    static List<Token> read(Path file, Consumer<String> warnings) throws IOException {
        if (Files.size(file) > LONGEST) {
            throw MgitException.usage("'" + file + "' holds no tokens: it is longer than " + LONGEST + " bytes");
        }
        List<Token> tokens = new ArrayList<>();
        for (String line : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .lines()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList()) {
            tokens.add(token(file, line));
        }
        if (tokens.isEmpty()) {
            throw malformed(file);
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (permissions.contains(PosixFilePermission.GROUP_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_READ)) {
                warnings.accept("other users can read '" + file + "'; chmod 600 it");
            }
        }
        return tokens;
    }

    private static Token token(Path file, String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw malformed(file);
        }
        String name = Optional.ofNullable(parts.group(2)).orElse(NOBODY);
        return new Token(name, parts.group(1), !"read".equals(parts.group(3)));
    }

    private static MgitException malformed(Path file) {
        return new MgitException(
                MgitException.Kind.USAGE,
                "each line of '" + file + "' must be a token of " + SHORTEST
                        + " or more ASCII characters without spaces, and may go on with a name and 'read' or 'write'",
                "make one with: head -c 24 /dev/urandom | base64 > FILE");
    }
}
