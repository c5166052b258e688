package dev.mgit.lineage.megatron;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.lineage.megatron.RankFolder.Shard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tensors of one pipeline stage, whole: those of its tensor-parallel ranks put together by {@link SplitRule}. */
final class StageTensors {
    private static final String HINT = "convert the checkpoint with Megatron-LM's own tools first";

    private final List<Shard> ranks;
    private final Map<String, LogicalTensor> first;

    /** @param ranks in order of tensor rank */
    StageTensors(List<Shard> ranks) {
        this.ranks = ranks;
        this.first = ranks.get(0).content().tensors();
        for (Shard rank : ranks) {
            if (!rank.content().tensors().keySet().equals(first.keySet())) {
                throw wrong(ranks.get(0).name() + " and " + rank.name() + " have different tensors");
            }
        }
        boolean fewGroups = ranks.get(0).content().arguments().get("num_query_groups") instanceof Long groups
                && Boolean.TRUE.equals(ranks.get(0).content().arguments().get("group_query_attention"))
                && groups < ranks.size();
        if (fewGroups) {
            throw wrong("its query groups are fewer than its tensor-parallel ranks, which then share keys and values");
        }
    }

    private static FormatException wrong(String what) {
        return new FormatException(what, HINT);
    }

    Iterable<String> names() {
        return first.keySet();
    }

    WholeTensor whole(String name) throws IOException {
        TensorSpec local = spec(name);
        List<ByteSource> data = new ArrayList<>();
        for (Shard rank : ranks) {
            LogicalTensor tensor = rank.content().tensors().get(name);
            if (tensor == null
                    || tensor.unreadable().isPresent()
                    || !tensor.spec().equals(local)) {
                throw wrong("tensor " + name + " of " + rank.name()
                        + " cannot be read, or has another shape or dtype than in "
                        + ranks.get(0).name());
            }
            data.add(tensor.open(rank.source()));
        }
        SplitRule rule = SplitRule.of(name);
        if (rule == SplitRule.WHOLE || local.shape().isEmpty()) {
            for (int i = 1; i < data.size(); i++) {
                WholeTensor.requireSame(
                        name,
                        data.get(0),
                        data.get(i),
                        ranks.get(0).name() + " and " + ranks.get(i).name());
            }
            return WholeTensor.ofOne(local, data.get(0));
        }
        if (rule == SplitRule.COLUMNS) {
            if (local.shape().size() != 2) {
                throw wrong("tensor " + name + " has the shape " + local.shape() + ", but is cut by columns");
            }
            return WholeTensor.ofColumns(local, data);
        }
        return WholeTensor.ofRows(local, data, parts(rule, name, local.shape().get(0)));
    }

    private TensorSpec spec(String name) {
        LogicalTensor tensor = first.get(name);
        if (tensor == null) {
            throw wrong("there is no tensor " + name);
        }
        return tensor.spec();
    }

    private Optional<List<Long>> shape(String name) {
        return Optional.ofNullable(first.get(name)).map(tensor -> tensor.spec().shape());
    }

    /** Rows of the packed parts of a rank's tensor. */
    private List<Long> parts(SplitRule rule, String name, long rows) {
        return switch (rule) {
            case FEED_FORWARD_IN -> isGated(name, rows) ? List.of(rows / 2, rows / 2) : List.of(rows);
            case MAMBA_IN -> mambaIn(name, rows);
            case MAMBA_CONVOLUTION -> convolution(name, rows);
            default -> List.of(rows);
        };
    }

    /** Gate and up together have twice the rows that the matrix out has columns. */
    private boolean isGated(String name, long rows) {
        String out = name.replace("linear_fc1", "linear_fc2")
                .replace("dense_h_to_4h", "dense_4h_to_h")
                .replace(".bias", ".weight");
        long inner = shape(out)
                .filter(shape -> shape.size() == 2)
                .map(shape -> shape.get(1))
                .orElseThrow(() -> wrong("beside " + name + " there is no " + out));
        if (rows != inner && rows != 2 * inner) {
            throw wrong(
                    "tensor " + name + " has " + rows + " rows, neither as many as " + out + " has columns nor twice");
        }
        return rows == 2 * inner;
    }

    private static String mixer(String name) {
        return name.substring(0, name.lastIndexOf("mixer.") + "mixer.".length());
    }

    private long inner(String name) {
        return shape(mixer(name) + "out_proj.weight")
                .filter(shape -> shape.size() == 2)
                .map(shape -> shape.get(1))
                .orElseThrow(() -> wrong("beside " + name + " there is no out_proj.weight"));
    }

    /** Rows of B, and of C, in a rank. */
    private long states(String name) {
        long rows = shape(mixer(name) + "conv1d.weight")
                .map(shape -> shape.get(0))
                .orElseThrow(() -> wrong("beside " + name + " there is no conv1d.weight"));
        long both = rows - inner(name);
        if (both < 0 || both % 2 != 0) {
            throw wrong("conv1d.weight beside " + name + " has " + rows + " rows, which are not [x | B | C]");
        }
        return both / 2;
    }

    private List<Long> mambaIn(String name, long rows) {
        long inner = inner(name);
        long states = states(name);
        long heads = shape(mixer(name) + "A_log").map(shape -> shape.get(0)).orElse(0L);
        if (rows == 2 * inner + 2 * states + heads) {
            return List.of(inner, inner, states, states, heads);
        }
        if (rows == 2 * inner) {
            return List.of(inner, inner); // Mamba-1: x and z
        }
        throw wrong("tensor " + name + " has " + rows + " rows, which are not [z | x | B | C | dt] of " + inner + ", "
                + inner + ", " + states + ", " + states + " and " + heads);
    }

    private List<Long> convolution(String name, long rows) {
        long states = states(name);
        return states == 0 ? List.of(rows) : List.of(rows - 2 * states, states, states);
    }
}
