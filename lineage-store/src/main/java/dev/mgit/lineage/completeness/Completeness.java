package dev.mgit.lineage.completeness;

import dev.mgit.lineage.hub.HubSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Holds what the files of a checkpoint name against what is there: shards, data beside a model, components of a
 * pipeline, the weights of an adapter, downloads that did not end.
 */
public final class Completeness {
    /** One way in which checkpoints are found incomplete. */
    interface Check {
        void look(CheckpointContents contents, MissingParts gaps) throws IOException;
    }

    private static final List<Check> CHECKS = List.of(
            new ShardIndexes(),
            new NumberedShards(),
            new OnnxData(),
            new Components(),
            new DescribedParts(),
            new UnfinishedDownloads());

    private Completeness() {}

    /** What a complete checkpoint would have besides, a sentence each; nothing if nothing is missing. */
    public static List<String> missing(CheckpointContents contents) throws IOException {
        var gaps = new MissingParts(contents);
        for (Check check : CHECKS) {
            check.look(contents, gaps);
        }
        Path root = contents.root();
        Optional<HubSnapshot> snapshot = Files.isDirectory(root) ? HubSnapshot.containing(root) : Optional.empty();
        if (snapshot.isPresent() && snapshot.get().folder().equals(root.toRealPath())) {
            snapshot.get().unfinished().forEach(gaps::say);
        }
        return gaps.sentences();
    }
}
