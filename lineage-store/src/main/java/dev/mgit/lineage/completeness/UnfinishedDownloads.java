package dev.mgit.lineage.completeness;

import dev.mgit.delta.format.FileKind;
import dev.mgit.lineage.completeness.CheckpointContents.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Files without a byte, and what tools that fetch files leave of those they did not get to the end of. */
final class UnfinishedDownloads implements Completeness.Check {
    private static final Pattern PART = Pattern.compile(".*\\.(incomplete|part|partial|crdownload|download|aria2|!qB)");
    /** Where huggingface_hub keeps the parts of a download into a folder, which is not part of the model. */
    private static final Path PARTS = Path.of(".cache", "huggingface", "download");

    private static final int DEEPEST = 16;

    @Override
    public void look(CheckpointContents contents, MissingParts gaps) throws IOException {
        for (File file : contents.all()) {
            if (PART.matcher(file.name()).matches()) {
                gaps.say(file.path() + " is part of an unfinished download");
            } else if (file.size() == 0 && FileKind.byName(file.name()).isPresent()) {
                gaps.say(file.path() + " is empty");
            }
        }
        Path parts = contents.root().resolve(PARTS);
        if (!Files.isDirectory(parts)) {
            return;
        }
        List<Path> left;
        try (Stream<Path> found = Files.walk(parts, DEEPEST)) {
            left = found.filter(
                            path -> PART.matcher(path.getFileName().toString()).matches())
                    .toList();
        }
        if (!left.isEmpty()) {
            gaps.say("a download into this folder is unfinished: " + left.size() + " part"
                    + (left.size() == 1 ? "" : "s") + " in " + PARTS);
        }
    }
}
