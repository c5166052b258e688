package dev.mgit.lineage.completeness;

import dev.mgit.delta.format.ShardIndex;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.lineage.completeness.CheckpointContents.File;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code *.index.json}: shards that are not there, or lack what the index puts into them. */
final class ShardIndexes implements Completeness.Check {
    private static final String SUFFIX = ".index.json";
    private static final Pattern OF_WEIGHTS = Pattern.compile(".*\\.(safetensors|bin|msgpack|h5)\\.index\\.json");

    @Override
    public void look(CheckpointContents contents, MissingParts gaps) throws IOException {
        for (File file : contents.all()) {
            if (file.name().endsWith(SUFFIX)) {
                index(contents, file, gaps);
            }
        }
    }

    private static void index(CheckpointContents contents, File file, MissingParts gaps) throws IOException {
        ShardIndex index;
        try (FileByteSource source = FileByteSource.open(file.onDisk())) {
            index = ShardIndex.parse(source);
        } catch (FormatException e) {
            if (OF_WEIGHTS.matcher(file.name()).matches()) {
                gaps.say(file.path() + " cannot be used as an index: " + e.getMessage());
            }
            return;
        }
        Map<String, Set<String>> byShard = new HashMap<>();
        index.files()
                .forEach((tensor, shard) -> byShard.computeIfAbsent(file.folder() + shard, s -> new HashSet<>())
                        .add(tensor));
        List<String> shards = byShard.keySet().stream().sorted().toList();
        gaps.missing(file.path() + " names", shards);
        long bytes = 0;
        boolean known = true;
        for (String shard : shards) {
            File there = contents.files().get(shard);
            // Other formats may hold a tensor under one name only of several.
            known &= there != null && there.layout().format().equals("safetensors");
            if (known && there != null) {
                lacking(file, there, byShard.getOrDefault(shard, Set.of()), gaps);
                bytes += tensorBytes(there.layout().get());
            }
        }
        total(file, known, bytes, index.totalSize(), gaps);
    }

    private static void lacking(File index, File shard, Set<String> due, MissingParts gaps) throws IOException {
        Set<String> lacking = new HashSet<>(due);
        shard.layout().get().tensors().forEach(tensor -> lacking.remove(tensor.name()));
        if (!lacking.isEmpty()) {
            gaps.say("the index " + index.path() + " puts "
                    + MissingParts.list(lacking.stream().sorted().toList()) + " into " + shard.path()
                    + ", which does not have "
                    + (lacking.size() == 1 ? "it" : "them"));
        }
    }

    private static void total(File index, boolean known, long bytes, OptionalLong total, MissingParts gaps) {
        if (known && total.isPresent() && total.getAsLong() != bytes) {
            gaps.say("the index " + index.path() + " gives a total_size of " + total.getAsLong()
                    + " bytes, its shards hold " + bytes);
        }
    }

    private static long tensorBytes(Layout layout) {
        return layout.ranges().stream()
                .filter(range -> range.tensor().isPresent())
                .mapToLong(Layout.Range::length)
                .sum();
    }
}
