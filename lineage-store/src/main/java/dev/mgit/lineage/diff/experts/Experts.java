package dev.mgit.lineage.diff.experts;

import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.ParameterRole;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The experts of one block: single ones by their numbers ({@code experts.3.up_proj}), stacked ones along the first of three
 * dimensions, flat ones ({@code [E·f, h]}) as many as the block's router has rows. A block without experts has its dense
 * part under {@link #DENSE}.
 */
record Experts(TreeMap<Integer, List<ExpertMatrix>> matrices) {
    static final int DENSE = -1;

    private static final Pattern SINGLE = Pattern.compile("(^|\\.)experts\\.(\\d{1,6})\\.");
    private static final Pattern SHARED = Pattern.compile("shared|_shexp");
    private static final Pattern FLAT = Pattern.compile("(^|\\.)(w1|w2|v1)$");

    static Experts of(List<CheckpointTensor> block) throws IOException {
        var experts = new Experts(new TreeMap<>());
        for (CheckpointTensor tensor : block) {
            boolean expert = ParameterRole.of(tensor.name()) == ParameterRole.EXPERTS;
            if (expert
                    && !SHARED.matcher(tensor.name()).find()
                    && tensor.tiedTo().isEmpty()) {
                experts.add(tensor, block);
            }
        }
        if (experts.matrices.isEmpty()) {
            for (CheckpointTensor tensor : block) {
                if (ParameterRole.of(tensor.name()) == ParameterRole.MLP
                        && tensor.shape().size() == 2) {
                    experts.add(
                            DENSE,
                            tensor,
                            0,
                            tensor.shape().get(0),
                            tensor.shape().get(1));
                }
            }
        }
        return experts;
    }

    boolean isMixture() {
        return !matrices.isEmpty() && matrices.firstKey() != DENSE;
    }

    private void add(CheckpointTensor tensor, List<CheckpointTensor> block) throws IOException {
        List<Long> shape = tensor.shape();
        Matcher single = SINGLE.matcher(tensor.name());
        if (single.find()) {
            if (shape.size() == 2) {
                add(Integer.parseInt(single.group(2)), tensor, 0, shape.get(0), shape.get(1));
            }
        } else if (shape.size() == 3) {
            slices(tensor, shape.get(0), shape.get(1), shape.get(2));
        } else if (shape.size() == 2 && FLAT.matcher(tensor.name()).find()) {
            long count = routed(block, shape.get(1));
            if (count > 0 && shape.get(0) % count == 0) {
                slices(tensor, count, shape.get(0) / count, shape.get(1));
            }
        }
    }

    private static long routed(List<CheckpointTensor> block, long columns) {
        return block.stream()
                .filter(tensor -> ParameterRole.of(tensor.name()) == ParameterRole.ROUTER)
                .filter(tensor -> tensor.shape().size() == 2 && tensor.shape().get(1) == columns)
                .mapToLong(tensor -> tensor.shape().get(0))
                .findFirst()
                .orElse(0);
    }

    private void slices(CheckpointTensor tensor, long count, long rows, long columns) throws IOException {
        for (int i = 0; i < count; i++) {
            add(i, tensor, i * rows * columns, rows, columns);
        }
    }

    private void add(int expert, CheckpointTensor tensor, long first, long rows, long columns) throws IOException {
        matrices.computeIfAbsent(expert, number -> new ArrayList<>())
                .add(ExpertMatrix.of(tensor, first, rows, columns));
    }
}
