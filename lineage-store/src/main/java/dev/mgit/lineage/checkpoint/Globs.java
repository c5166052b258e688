package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Shell globs over names and paths: {@code *} stops at a slash, {@code **} does not; a glob without one fits any folder. */
public final class Globs {
    private Globs() {}

    /** A test for tensor names and the like, where {@code *} fits anything. */
    public static Predicate<String> ofNames(String glob) {
        return compile(glob, ".*");
    }

    /** A test for relative paths. */
    public static Predicate<String> ofPaths(String glob) {
        Predicate<String> whole = compile(glob, "[^/]*");
        return glob.indexOf('/') >= 0 ? whole : path -> whole.test(path.substring(path.lastIndexOf('/') + 1));
    }

    private static Predicate<String> compile(String glob, String star) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*' && glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append(star);
            } else if (c == '?') {
                regex.append('.');
            } else if (c == '[' && glob.indexOf(']', i) > i) {
                int end = glob.indexOf(']', i);
                regex.append(glob, i, end + 1);
                i = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        try {
            return Pattern.compile(regex.toString()).asMatchPredicate();
        } catch (PatternSyntaxException e) {
            throw new MgitException(MgitException.Kind.USAGE, "'" + glob + "' is not a glob", null, e);
        }
    }
}
