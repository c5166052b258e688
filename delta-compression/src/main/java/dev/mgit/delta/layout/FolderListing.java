package dev.mgit.delta.layout;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of a folder by a pattern of names. What was listed last is remembered while the folder stays as it is, since readers
 * ask once for every file of a folder, of which there may be a hundred thousand.
 */
public final class FolderListing {
    private static final int MOST = 32;
    /** A folder that changed so lately may change again at what its clock takes for the same time. */
    private static final Duration UNCERTAIN = Duration.ofSeconds(2);

    private record Question(Path folder, String pattern) {}

    private record Answer(FileTime changed, List<Path> files) {}

    private static final Map<Question, Answer> KNOWN = new LinkedHashMap<>(16, 0.75f, true);

    private FolderListing() {}

    /** @param pattern of the names, as {@link Files#newDirectoryStream(Path, String)} has it */
    public static List<Path> of(Path folder, String pattern) throws IOException {
        var question = new Question(folder, pattern);
        FileTime changed = Files.getLastModifiedTime(folder);
        synchronized (KNOWN) {
            Answer known = KNOWN.get(question);
            if (known != null && known.changed().equals(changed)) {
                return known.files();
            }
        }
        Instant start = Instant.now();
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
            stream.forEach(files::add);
        }
        if (changed.toInstant().plus(UNCERTAIN).isBefore(start)) {
            remember(question, new Answer(changed, List.copyOf(files)));
        }
        return files;
    }

    private static void remember(Question question, Answer answer) {
        synchronized (KNOWN) {
            KNOWN.put(question, answer);
            if (KNOWN.size() > MOST) {
                KNOWN.remove(KNOWN.keySet().iterator().next());
            }
        }
    }
}
