package dev.mgit.lineage.architecture;

import dev.mgit.lineage.architecture.BlockShape.FeedForward;
import dev.mgit.lineage.architecture.BlockShape.Mixer;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.LayerNames;
import dev.mgit.lineage.tensors.ParameterRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a model as the names and shapes of its tensors tell, without heads: those no tensor knows. */
public final class TensorBlocks {
    private static final Pattern EXPERT = Pattern.compile("(^|\\.)experts\\.(\\d+)\\.");
    /** The matrix out of the inner layer; its columns are the width. GPT-2's into it has them as columns, too. */
    private static final Pattern INNER = Pattern.compile(
            "(down_proj|linear_fc2|ffn_down|fc2|dense_4h_to_h|wo|c_fc|(^|\\.)w2)\\.weight$|[^n]\\.output\\.dense\\.weight$");

    private TensorBlocks() {}

    /** The tensors of each block of a model's longest stack of blocks, by the block's number. */
    public static NavigableMap<Integer, List<CheckpointTensor>> of(List<CheckpointTensor> tensors) {
        Map<String, NavigableMap<Integer, List<CheckpointTensor>>> stacks = new LinkedHashMap<>();
        for (CheckpointTensor tensor : tensors) {
            String unit = LayerNames.unit(tensor.name());
            if (LayerNames.isBlock(unit)) {
                int number = Integer.parseInt(unit.substring(unit.lastIndexOf('.') + 1));
                stacks.computeIfAbsent(LayerNames.family(unit), family -> new TreeMap<>())
                        .computeIfAbsent(number, key -> new ArrayList<>())
                        .add(tensor);
            }
        }
        NavigableMap<Integer, List<CheckpointTensor>> longest = new TreeMap<>();
        for (NavigableMap<Integer, List<CheckpointTensor>> stack : stacks.values()) {
            longest = stack.size() > longest.size() ? stack : longest;
        }
        return longest;
    }

    static List<BlockShape> shapes(List<CheckpointTensor> tensors) {
        NavigableMap<Integer, List<CheckpointTensor>> blocks = of(tensors);
        List<BlockShape> shapes = new ArrayList<>();
        int last = blocks.isEmpty() ? -1 : blocks.lastKey();
        for (int i = 0; i <= last && last < ConfigNumbers.MAX_LAYERS; i++) {
            shapes.add(shape(blocks.getOrDefault(i, List.of())));
        }
        return shapes;
    }

    private static BlockShape shape(List<CheckpointTensor> tensors) {
        Mixer mixer = Mixer.NONE;
        boolean feedForward = false;
        long width = 0;
        long experts = 0;
        for (CheckpointTensor tensor : tensors) {
            ParameterRole role = ParameterRole.of(tensor.name());
            if (role == ParameterRole.MAMBA) {
                mixer = Mixer.MAMBA;
            } else if (role == ParameterRole.ATTENTION && mixer.equals(Mixer.NONE)) {
                mixer = Mixer.attention(0, 0, 0);
            } else if (role == ParameterRole.MLP || role == ParameterRole.EXPERTS) {
                feedForward = true;
                experts = Math.max(experts, experts(tensor, role));
                if (INNER.matcher(tensor.name()).find() && !tensor.shape().isEmpty()) {
                    width = tensor.shape().get(tensor.shape().size() - 1);
                }
            }
        }
        return new BlockShape(mixer, feedForward ? new FeedForward(true, width, experts, false) : FeedForward.NONE);
    }

    /** One by one, or stacked along the first of three dimensions. */
    private static long experts(CheckpointTensor tensor, ParameterRole role) {
        if (role != ParameterRole.EXPERTS) {
            return 0;
        }
        Matcher single = EXPERT.matcher(tensor.name());
        if (single.find()) {
            return single.group(2).length() < 7 ? 1 + Long.parseLong(single.group(2)) : 0;
        }
        return tensor.shape().size() == 3 ? tensor.shape().get(0) : 0;
    }
}
