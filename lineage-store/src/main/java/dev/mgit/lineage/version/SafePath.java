package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which names a version's files may have. The one rule for names that come in from a disk and for those that come out
 * of a version, which may have been made by anybody: none may lead out of the folder it is written into, nor into a
 * repository's own folder under whatever name some file system knows that folder by.
 *
 * <p>The rule is Git's, for {@code .git} and {@code .mgit} alike: {@code verify_path} in its {@code read-cache.c} and
 * {@code is_ntfs_dotgit} and {@code is_hfs_dotgit}, as they stand since CVE-2014-9390 and CVE-2019-1352 to 1354. It is
 * applied on every system, since a version made here may be checked out there.
 */
public final class SafePath {
    /** Folders whose files are a program's settings and hooks. */
    private static final Set<String> REPOSITORIES = Set.of(".git", ".mgit");

    /** What NTFS calls such a folder besides, in its short names of eight characters. */
    private static final Set<String> SHORT_NAMES = Set.of("git~1", "mgit~1");

    private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);

    /** A stream of a file named with its type, which on NTFS is the file itself: {@code x::$DATA}. */
    private static final String STREAM_TYPE = ":$";

    private static final Pattern DEVICE =
            Pattern.compile("(con|prn|aux|nul|com[1-9]|lpt[1-9]|conin\\$|conout\\$) *([.:].*)?");
    private static final Pattern NOT_ON_WINDOWS = Pattern.compile(".*([<>:\"|?*]|[. ]$).*", Pattern.DOTALL);

    private SafePath() {}

    /**
     * The place of a version's file in a folder.
     *
     * @param path relative, with {@code /} between folders
     * @throws MgitException of kind INTEGRITY if a version may not have such a file
     */
    public static Path in(Path folder, String path) {
        Optional<String> why = refusal(path);
        if (why.isPresent()) {
            throw MgitException.integrity("the version names a file '" + shown(path) + "', which " + why.get()
                    + "; it would lie outside its folder or in a repository's own, so nothing was written");
        }
        try {
            return folder.resolve(path);
        } catch (InvalidPathException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "this system has no such file name as '" + shown(path) + "'",
                    "check the version out on another system, or the other files with --files",
                    e);
        }
    }

    /** @throws MgitException of kind FAILED if a file of this name cannot be part of a version */
    public static void requireStorable(String path) {
        refusal(path).ifPresent(why -> {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the file name '" + shown(path) + "' " + why,
                    "rename the file or list it in .mgitignore");
        });
    }

    /** Why no file of a version may be called that, as the end of a sentence; empty if one may. */
    public static Optional<String> refusal(String path) {
        return refusal(path, File.separatorChar == '\\');
    }

    static Optional<String> refusal(String path, boolean windows) {
        if (path.codePoints().anyMatch(SafePath::notEverywhere)) {
            return Optional.of("has characters that not every system can store");
        }
        if (DRIVE.matcher(path).matches()) {
            return Optional.of("begins with a drive");
        }
        for (String name : path.split("/", -1)) {
            Optional<String> why = refusalOf(name, windows);
            if (why.isPresent()) {
                return why;
            }
        }
        return Optional.empty();
    }

    /** Controls, halves of characters, and the backslash, which divides folders on some systems. */
    private static boolean notEverywhere(int c) {
        return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE || c == '\\';
    }

    private static Optional<String> refusalOf(String name, boolean windows) {
        String seen = asSeen(name);
        if (seen.isEmpty()) {
            return Optional.of(name.isEmpty() ? "has an empty part" : "has a part '" + shown(name) + "'");
        }
        if (REPOSITORIES.contains(seen) || SHORT_NAMES.contains(seen)) {
            return Optional.of("leads into a repository's own folder");
        }
        if (name.contains(STREAM_TYPE)) {
            return Optional.of("names a stream of a file");
        }
        boolean reserved = windows
                && (NOT_ON_WINDOWS.matcher(name).matches()
                        || DEVICE.matcher(name.toLowerCase(Locale.ROOT)).matches());
        return reserved ? Optional.of("is reserved on Windows") : Optional.empty();
    }

    /**
     * The name that the least discerning file systems would take this for: HFS+ passes over characters that only format
     * text (this passes over all of Unicode's, not only its own), NTFS over what follows a colon and over dots and
     * spaces at the end, and both over case. Empty for what names no file but the folder or the one above.
     */
    private static String asSeen(String name) {
        String visible = name.codePoints()
                .filter(c -> Character.getType(c) != Character.FORMAT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        int stream = visible.indexOf(':');
        String main = stream < 0 ? visible : visible.substring(0, stream);
        return main.replaceFirst("[. ]+$", "").toLowerCase(Locale.ROOT);
    }

    /** Without what could steer a terminal or hide part of the name. */
    private static String shown(String path) {
        return path.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}]", "?");
    }
}
