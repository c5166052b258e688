package dev.mgit.lineage.megatron;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.format.torch.MegatronShard;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.lineage.megatron.RankFolder.Shard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a legacy Megatron-LM checkpoint as the model that it is: {@code model.safetensors} with whole tensors under
 * Megatron's names, layers numbered through all stages and experts through all ranks, and {@code config.json} with what of
 * the arguments describes the model. So saves of one model by any number of ranks give the same bytes.
 */
public final class MegatronCheckpoint {
    private static final Pattern LAYER = Pattern.compile("(^|\\.)layers\\.(\\d{1,6})\\.");
    private static final Pattern EXPERT =
            Pattern.compile("(\\.local_experts\\.|\\.experts\\.linear_fc[12]\\.(?:weight|bias))(\\d{1,6})(?=\\.|$)");
    private static final Pattern UNKNOWN = Pattern.compile("experts\\.weight[12]$");

    /** Arguments that describe a model, whoever trained it on how many processors. */
    private static final List<String> DESCRIBING = List.of(
            "num_layers",
            "hidden_size",
            "ffn_hidden_size",
            "num_attention_heads",
            "num_query_groups",
            "kv_channels",
            "hybrid_override_pattern",
            "hybrid_layer_pattern",
            "mamba_state_dim",
            "mamba_head_dim",
            "mamba_num_groups",
            "num_experts",
            "moe_ffn_hidden_size",
            "max_position_embeddings",
            "position_embedding_type",
            "normalization",
            "swiglu",
            "squared_relu",
            "untie_embeddings_and_output_weights");

    private MegatronCheckpoint() {}

    /** What was written: how many ranks were read, and how many tensors there are now. */
    public record Written(int ranks, int tensors) {}

    /**
     * Puts a checkpoint together. Memory: a few megabytes beside the headers.
     *
     * @param folder of one iteration, or of a training: then its latest iteration
     * @param target an empty folder
     * @throws FormatException if a shard is damaged or not harmless, or no rule says how its tensors belong together
     */
    public static Written write(Path folder, Path target) throws IOException {
        try (RankFolder ranks = RankFolder.open(folder)) {
            Map<String, WholeTensor> tensors = new TreeMap<>();
            int layers = 0;
            int count = 0;
            for (TreeMap<Integer, List<Shard>> stage : ranks.stages().values()) {
                int next = layers;
                for (Map.Entry<Integer, List<Shard>> experts : stage.entrySet()) {
                    next = Math.max(next, add(tensors, experts.getValue(), experts.getKey(), layers));
                    count += experts.getValue().size();
                }
                layers = next;
            }
            weights(target.resolve("model.safetensors"), tensors);
            MegatronShard any = ranks.first().get(0).content();
            Files.write(target.resolve("config.json"), Json.pretty(config(any.arguments())));
            return new Written(count, tensors.size());
        }
    }

    /** Adds the tensors of one stage's ranks; the number of layers up to its end. */
    private static int add(Map<String, WholeTensor> tensors, List<Shard> ranks, int expertRank, int layers)
            throws IOException {
        var stage = new StageTensors(ranks);
        requireOrder(ranks);
        int experts = 0;
        int end = layers;
        for (String name : stage.names()) {
            experts = Math.max(experts, 1 + number(EXPERT, name));
            end = Math.max(end, layers + 1 + number(LAYER, name));
        }
        for (String name : stage.names()) {
            if (UNKNOWN.matcher(name).find()) {
                throw new FormatException(
                        "the experts of " + name + " are packed in a way that is not read",
                        "save the checkpoint with --moe-grouped-gemm off, or as a distributed checkpoint");
            }
            String numbered = shifted(EXPERT, shifted(LAYER, name, layers), expertRank * experts);
            WholeTensor whole = stage.whole(name);
            TensorSpec spec =
                    new TensorSpec(numbered, whole.spec().dtype(), whole.spec().shape());
            var renamed = new WholeTensor(spec, whole.ranks(), whole.parts());
            WholeTensor before = tensors.putIfAbsent(numbered, renamed);
            if (before != null) {
                // Tied embeddings are in the first and the last stage, and what is no expert's in every expert rank.
                for (int i = 0; i < before.ranks().size(); i++) {
                    WholeTensor.requireSame(
                            numbered, before.ranks().get(i), renamed.ranks().get(i), "two stages or expert ranks");
                }
            }
        }
        return end;
    }

    /** Up to version 1, queries, keys and values lay in another order in every number of ranks. */
    private static void requireOrder(List<Shard> ranks) {
        double version = ranks.get(0).content().version();
        boolean old = ranks.get(0).content().tensors().keySet().stream()
                .anyMatch(name -> name.endsWith("query_key_value.weight"));
        if (old && version < 2) {
            throw new FormatException(
                    "it is of checkpoint_version " + version
                            + ", in which the order of queries, keys and values depends on the " + "number of ranks",
                    "convert the checkpoint with Megatron-LM's own tools first");
        }
    }

    private static int number(Pattern pattern, String name) {
        Matcher found = pattern.matcher(name);
        return found.find() ? Integer.parseInt(found.group(2)) : -1;
    }

    private static String shifted(Pattern pattern, String name, int by) {
        Matcher found = pattern.matcher(name);
        return found.find()
                ? name.substring(0, found.start(2))
                        + (Integer.parseInt(found.group(2)) + by)
                        + name.substring(found.end(2))
                : name;
    }

    private static void weights(Path file, Map<String, WholeTensor> tensors) throws IOException {
        Map<String, WholeTensor> byName = new HashMap<>();
        List<TensorSpec> specs = new ArrayList<>();
        for (WholeTensor tensor : tensors.values()) {
            if (!SafetensorsHeader.canHold(tensor.spec())) {
                throw new FormatException("tensor " + tensor.spec().name() + " of dtype "
                        + tensor.spec().dtype() + " has no place in a safetensors file");
            }
            byName.put(tensor.spec().name(), tensor);
            specs.add(tensor.spec());
        }
        List<TensorSpec> order = SafetensorsHeader.inReferenceOrder(specs);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(out, SafetensorsHeader.of(order, Map.of("format", "pt")).bytes());
            for (TensorSpec spec : order) {
                WholeTensor tensor = byName.get(spec.name());
                if (tensor != null) {
                    tensor.writeTo((bytes, length) -> write(out, ByteBuffer.wrap(bytes, 0, length)));
                }
            }
        }
    }

    private static void write(FileChannel out, byte[] bytes) throws IOException {
        write(out, ByteBuffer.wrap(bytes));
    }

    private static void write(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }

    private static Map<String, Object> config(Map<String, Object> arguments) {
        Map<String, Object> config = new TreeMap<>();
        config.put("model_type", "megatron");
        boolean grouped = Boolean.TRUE.equals(arguments.get("group_query_attention"));
        for (String name : DESCRIBING) {
            Object value = arguments.get(name);
            if (value != null && (grouped || !name.equals("num_query_groups"))) {
                config.put(name, value);
            }
        }
        return config;
    }
}
