package dev.mgit.delta.layout;

/** Checks file names that a file says belong to it, before anyone opens them. */
public final class RelativePaths {
    private static final int MAX_LENGTH = 4096;

    private RelativePaths() {}

    /**
     * Lets a path below the naming file's own folder through, parts separated by {@code /}.
     *
     * @param what whose path it is, for the message
     * @throws FormatException if it is empty, absolute, climbs with {@code ..}, or no file system would take it
     */
    public static String check(String path, String what) {
        if (path.isEmpty() || path.length() > MAX_LENGTH) {
            throw new FormatException(what + " has a name of " + path.length() + " characters");
        }
        boolean harmless = path.chars().noneMatch(c -> c < ' ' || c == '\\' || c == ':' || c == 0x7f);
        for (String part : path.split("/", -1)) {
            harmless &= !part.isEmpty() && !part.equals("..") && !part.equals(".");
        }
        if (!harmless) {
            throw new FormatException(what + " has the name " + path + ", which is not a plain path below its folder");
        }
        return path;
    }
}
