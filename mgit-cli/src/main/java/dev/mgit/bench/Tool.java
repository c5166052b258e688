package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** Something that can keep a checkpoint: mgit, or a peer. */
interface Tool {
    String name();

    /**
     * Keeps the pair's child, its parent being kept already, and gets it back.
     *
     * @param folder an empty folder to work in
     * @return what that took
     */
    Trial run(ModelPair pair, Path folder) throws IOException;

    /**
     * One tool on one pair.
     *
     * @param inputBytes bytes it was given: of the whole child, or of a sample of it
     * @param storedBytes by which its store grew; 0 if it stores nothing
     * @param contentBytes those of them that the file's content takes, where the tool says so; the rest is its own
     * @param read empty if it gives nothing back
     * @param remark what a reader must know; why it did not run, if {@code write} is empty
     */
    record Trial(
            String tool,
            long inputBytes,
            Optional<Usage> write,
            long storedBytes,
            OptionalLong contentBytes,
            Optional<Usage> read,
            String remark) {
        static Trial none(Tool tool, String why) {
            return new Trial(
                    tool.name(), 0, Optional.empty(), 0, OptionalLong.empty(), Optional.empty(), "did not run: " + why);
        }

        double ratio() {
            return storedBytes == 0 ? 0 : (double) inputBytes / storedBytes;
        }
    }
}
