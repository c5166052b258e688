package dev.mgit.serve.hub;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of models as ids that clients of the Hub accept: {@code name} or {@code namespace/name} of ASCII letters,
 * digits, {@code _}, {@code .} and {@code -}. Whatever else a name has is written {@code _x} and two hexadecimal digits
 * for each byte of its UTF-8, a further slash as {@code _x2F}.
 */
public final class RepoId {
    /** Before a name without a namespace, for clients that want one. */
    public static final String NO_NAMESPACE = "_/";

    private static final Pattern PART = Pattern.compile("\\w(?:[\\w.-]*\\w)?");
    private static final Pattern FORBIDDEN = Pattern.compile("--|\\.\\.|\\.git$");
    private static final Pattern ESCAPE = Pattern.compile("_x([0-9A-F]{2})");
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private RepoId() {}

    /** The id of a model. Names that clients accept are ids as they are. */
    public static String of(String model) {
        return isAccepted(model) ? model : escaped(model);
    }

    private static boolean isAccepted(String name) {
        String[] parts = name.split("/", -1);
        boolean valid = parts.length <= 2 && !FORBIDDEN.matcher(name).find();
        for (String part : parts) {
            valid &= PART.matcher(part).matches();
        }
        return valid;
    }

    private static String escaped(String name) {
        int slash = name.indexOf('/');
        String namespace = slash < 0 ? "" : escapedPart(name.substring(0, slash)) + "/";
        return namespace + escapedPart(name.substring(slash + 1));
    }

    private static String escapedPart(String part) {
        var id = new StringBuilder();
        for (int i = 0; i < part.length(); i += Character.charCount(part.codePointAt(i))) {
            int c = part.codePointAt(i);
            boolean first = i == 0;
            boolean last = i + 1 == part.length();
            boolean repeats = !first && part.charAt(i - 1) == c;
            boolean kept = c < 0x80 && Character.isLetterOrDigit(c)
                    || c == '_' && !ESCAPE.matcher(part.substring(i)).lookingAt()
                    || (c == '.' || c == '-')
                            && !first
                            && !last
                            && !repeats
                            && !part.substring(i).equals(".git");
            if (kept) {
                id.append((char) c);
            } else {
                for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                    id.append("_x").append(HEX.toHexDigits(b));
                }
            }
        }
        return id.toString();
    }

    /** The name an id stands for if it is not a name itself; empty if no name is written like that. */
    static Optional<String> unescaped(String id) {
        ByteBuffer bytes = ByteBuffer.allocate(id.length() * 4);
        Matcher escape = ESCAPE.matcher(id);
        int at = 0;
        while (escape.find()) {
            bytes.put(id.substring(at, escape.start()).getBytes(StandardCharsets.UTF_8));
            bytes.put((byte) HexFormat.fromHexDigits(escape.group(1)));
            at = escape.end();
        }
        bytes.put(id.substring(at).getBytes(StandardCharsets.UTF_8));
        try {
            return Optional.of(StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(bytes.flip())
                            .toString())
                    .filter(name -> of(name).equals(id));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
