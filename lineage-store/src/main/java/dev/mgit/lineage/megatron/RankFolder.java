package dev.mgit.lineage.megatron;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.torch.MegatronShard;
import dev.mgit.delta.layout.FileByteSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ranks of a checkpoint: {@code mp_rank_TT[_PPP][_EEE]} folders, of tensor, pipeline and expert parallelism.
 *
 * @param stages by pipeline rank, then expert rank: the shards in order of tensor rank
 */
record RankFolder(TreeMap<Integer, TreeMap<Integer, List<Shard>>> stages) implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("mp_rank_(\\d{2,5})(?:_(\\d{3,5}))?(?:_(\\d{3,5}))?");
    private static final List<String> FILES = List.of("model_optim_rng.pt", "model_rng.pt");
    private static final String TRACKER = "latest_checkpointed_iteration.txt";
    private static final int MAX_RANKS = 65_536;

    /** One rank's file, open to be read. */
    record Shard(String name, FileByteSource source, MegatronShard content) {}

    /**
     * Opens a checkpoint.
     *
     * @param folder of one iteration, or of a training: then its latest iteration
     */
    static RankFolder open(Path folder) throws IOException {
        Path ranks = iteration(folder);
        Map<String, Path> files = new TreeMap<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(ranks, "mp_rank_*")) {
            for (Path rank : found) {
                for (String name : FILES) {
                    if (Files.isRegularFile(rank.resolve(name))) {
                        files.putIfAbsent(String.valueOf(rank.getFileName()), rank.resolve(name));
                    }
                }
            }
        }
        if (files.isEmpty() || files.size() > MAX_RANKS) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there are no shards mp_rank_XX/model_optim_rng.pt in '" + ranks + "'",
                    "give the folder of an iteration (iter_0001000), or the one above it; torch distributed checkpoints "
                            + "(.distcp) are committed without --megatron");
        }
        var all = new RankFolder(new TreeMap<>());
        boolean complete = false;
        try {
            for (Map.Entry<String, Path> file : files.entrySet()) {
                all.add(file.getKey(), file.getValue());
            }
            all.requireComplete();
            complete = true;
            return all;
        } finally {
            if (!complete) {
                all.close();
            }
        }
    }

    private static Path iteration(Path folder) throws IOException {
        Path tracker = folder.resolve(TRACKER);
        if (!Files.isRegularFile(tracker) || Files.size(tracker) > 100) {
            return folder;
        }
        String latest = Files.readString(tracker, StandardCharsets.ISO_8859_1).strip();
        if (latest.equals("release")) {
            return folder.resolve(latest);
        }
        if (!latest.matches("\\d{1,9}")) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "'" + tracker + "' names no iteration",
                    "give the folder of an iteration (iter_0001000)");
        }
        return folder.resolve(String.format(Locale.ROOT, "iter_%07d", Integer.parseInt(latest)));
    }

    private void add(String name, Path file) throws IOException {
        Matcher ranks = NAME.matcher(name);
        if (!ranks.matches()) {
            throw new MgitException(MgitException.Kind.FAILED, "'" + name + "' is no folder of a rank", null);
        }
        FileByteSource source = FileByteSource.open(file);
        boolean kept = false;
        try {
            MegatronShard content = MegatronShard.read(name + "/" + file.getFileName(), source);
            boolean piped = ranks.group(3) != null || size(content, "pipeline_model_parallel_size") > 1;
            int pipeline = piped && ranks.group(2) != null ? Integer.parseInt(ranks.group(2)) : 0;
            String last = piped ? ranks.group(3) : ranks.group(2);
            // Without expert parallelism a second number can only be a pipeline's, whatever the arguments say.
            boolean expert = last != null && size(content, "expert_model_parallel_size") > 1;
            int stage = !expert && last != null ? Integer.parseInt(last) : pipeline;
            int experts = expert ? Integer.parseInt(last) : 0;
            List<Shard> shards = stages.computeIfAbsent(stage, key -> new TreeMap<>())
                    .computeIfAbsent(experts, key -> new ArrayList<>());
            if (Integer.parseInt(ranks.group(1)) != shards.size()) {
                throw missing("mp_rank_" + String.format(Locale.ROOT, "%02d", shards.size()), name);
            }
            shards.add(new Shard(name, source, content));
            kept = true;
        } finally {
            if (!kept) {
                source.close();
            }
        }
    }

    private static long size(MegatronShard shard, String argument) {
        return shard.arguments().get(argument) instanceof Long number ? number : 1;
    }

    private static MgitException missing(String what, String other) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "the checkpoint is incomplete: " + what + " is missing beside " + other,
                "fetch the missing rank");
    }

    /** The shards of the first stage's first expert rank. */
    List<Shard> first() {
        return stages.values().iterator().next().values().iterator().next();
    }

    private void requireComplete() {
        List<Shard> first = first();
        MegatronShard content = first.get(0).content();
        int tensor = first.size();
        require("tensor_model_parallel_size", content, tensor, first.get(0).name());
        require(
                "pipeline_model_parallel_size",
                content,
                stages.lastKey() + 1,
                first.get(0).name());
        for (Map.Entry<Integer, TreeMap<Integer, List<Shard>>> stage : stages.entrySet()) {
            for (Map.Entry<Integer, List<Shard>> experts : stage.getValue().entrySet()) {
                boolean dense = stages.size() == stages.lastKey() + 1
                        && stage.getValue().size() == stage.getValue().lastKey() + 1;
                if (experts.getValue().size() != tensor || !dense) {
                    throw missing("a rank", experts.getValue().get(0).name());
                }
            }
        }
    }

    private static void require(String argument, MegatronShard shard, int found, String name) {
        if (shard.arguments().get(argument) instanceof Long said && said != found) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the checkpoint is incomplete: " + name + " says that " + argument + " is " + said + ", but there "
                            + (found == 1 ? "is 1 rank" : "are " + found + " ranks"),
                    "fetch the missing ranks");
        }
    }

    @Override
    public void close() throws IOException {
        for (TreeMap<Integer, List<Shard>> stage : stages.values()) {
            for (List<Shard> shards : stage.values()) {
                for (Shard shard : shards) {
                    shard.source().close();
                }
            }
        }
    }
}
