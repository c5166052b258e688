package dev.mgit.lineage.maintain;

import dev.mgit.delta.codec.Effort;
import dev.mgit.lineage.repository.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a repack got, in a file {@code EFFORT DEPTH SHARE}: everything up to there is durably in the store. A run
 * with the same effort goes on from there, so blocks that were committed between the two runs may be passed over.
 */
final class RepackPosition {
    private static final Pattern TEXT = Pattern.compile("(\\w+) (\\d{1,3}) (\\d{1,3})\\s*");

    private final Path file;
    private final Effort effort;
    private final int depth;
    private final int share;

    private RepackPosition(Path file, Effort effort, int depth, int share) {
        this.file = file;
        this.effort = effort;
        this.depth = depth;
        this.share = share;
    }

    /** What an earlier run left; the beginning if there is nothing that fits. */
    static RepackPosition read(Path file, Effort effort) throws IOException {
        try {
            Matcher text = TEXT.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            if (text.matches() && text.group(1).equals(effort.name())) {
                return new RepackPosition(
                        file, effort, Integer.parseInt(text.group(2)), Integer.parseInt(text.group(3)));
            }
        } catch (NoSuchFileException e) {
            // nothing was interrupted
        }
        return beginning(file, effort);
    }

    static RepackPosition beginning(Path file, Effort effort) {
        return new RepackPosition(file, effort, -1, -1);
    }

    /** Whether the earlier run dealt with these blocks. */
    boolean isBehind(int blockDepth, int blockShare) {
        return blockDepth < depth || (blockDepth == depth && blockShare <= share);
    }

    void reached(int newDepth, int newShare) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        String text = effort.name() + " " + newDepth + " " + newShare + "\n";
        DurableFiles.replace(file, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void clear() throws IOException {
        Files.deleteIfExists(file);
    }
}
