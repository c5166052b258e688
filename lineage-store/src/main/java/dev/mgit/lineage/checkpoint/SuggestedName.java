package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.format.DescribedFiles;
import dev.mgit.delta.format.FileKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The model that a path suggests: the nearest part of it that says more than {@code final}, {@code checkpoint-50}, a
 * date or a hash ({@link GenericNames}), or {@code org/name} in a cache of the Hugging Face Hub. Where no part does, and
 * for all that lies right below the root or a home, the last part itself.
 *
 * @param name not yet made legal
 * @param place the file or folder that has the name
 */
public record SuggestedName(String name, Path place) {
    private static final Pattern HUB = Pattern.compile("models--(.+)");

    /** @param path a file or folder; need not exist */
    public static SuggestedName of(Path path) {
        Path last = path.toAbsolutePath().normalize();
        Path at = last;
        while (at != null && at.getFileName() != null && (at.equals(last) || !isShared(at))) {
            String name = stem(at);
            Matcher hub = HUB.matcher(name);
            if (hub.matches()) {
                return new SuggestedName(hub.group(1).replace("--", "/"), at);
            }
            if (!GenericNames.contains(name)) {
                return new SuggestedName(name, at);
            }
            at = at.getParent();
        }
        return new SuggestedName(last.getFileName() == null ? "model" : stem(last), last);
    }

    /** The last part of a path where a parent took its place: {@code checkpoint-50}; else empty. */
    public Optional<String> label(Path path) {
        Path last = path.toAbsolutePath().normalize();
        return place.equals(last) ? Optional.empty() : Optional.of(stem(last));
    }

    /** Folders of the system or of a user, that hold everything: {@code /data}, {@code /home/me}. */
    private static boolean isShared(Path folder) {
        Path parent = folder.getParent();
        return parent == null
                || parent.getNameCount() == 0
                || folder.equals(Path.of(System.getProperty("user.home", "/")))
                || parent.equals(Path.of("/home"))
                || parent.equals(Path.of("/Users"));
    }

    /** A name without the suffix of its format. */
    static String stem(Path path) {
        String name = String.valueOf(path.getFileName());
        String stem = FileKind.stem(name);
        boolean other = stem.equals(name) && name.lastIndexOf('.') > 0;
        return other && Files.exists(path) && !Files.isDirectory(path) ? DescribedFiles.stem(name) : stem;
    }
}
