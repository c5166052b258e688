package dev.mgit.hooks.data;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.data.DataRecord.Item;
import dev.mgit.hooks.licence.LicenceExpression;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code NAME=PATH|DIGEST[,licence=SPDX]} as it is typed. */
public final class DataArgument {
    private static final Pattern FORM = Pattern.compile("([^=]+)=(.+?)(?:,licen[cs]e=(.*))?");
    private static final Pattern DIGEST = Pattern.compile("(?:sha256:)?(\\p{XDigit}{64})");

    private DataArgument() {}

    /**
     * Reads the data where it is a file or folder.
     *
     * @param directory where paths start from
     * @param root the repository's folder, below which paths are recorded relative
     * @throws MgitException of kind USAGE if it is neither there nor a digest, or the licence is none
     */
    public static Item parse(String text, Path directory, Path root) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + text + "' names no data",
                    "write --data NAME=PATH or --data NAME=DIGEST, with ',licence=SPDX' if you know it");
        }
        String what = form.group(2);
        Optional<String> licence =
                Optional.ofNullable(form.group(3)).map(LicenceExpression::parse).map(LicenceExpression::text);
        Optional<Path> file = file(what, directory);
        if (file.isPresent()) {
            String digest = FolderTools.digest(file.get());
            return new Item(form.group(1), digest, Optional.of(recorded(file.get(), root)), licence);
        }
        Matcher digest = DIGEST.matcher(what);
        if (!digest.matches()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the data '" + form.group(1) + "' is not there: " + what,
                    "name a file, a folder, or a SHA-256 of 64 hexadecimal digits");
        }
        return new Item(form.group(1), digest.group(1).toLowerCase(Locale.ROOT), Optional.empty(), licence);
    }

    private static Optional<Path> file(String text, Path directory) {
        try {
            return Optional.of(directory.resolve(text).toAbsolutePath().normalize())
                    .filter(Files::exists);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static String recorded(Path file, Path root) {
        Path top = root.toAbsolutePath().normalize();
        return file.startsWith(top) && !file.equals(top) ? top.relativize(file).toString() : file.toString();
    }
}
