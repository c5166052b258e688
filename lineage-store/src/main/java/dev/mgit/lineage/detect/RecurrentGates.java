package dev.mgit.lineage.detect;

import dev.mgit.lineage.diff.measure.GateOrder;
import dev.mgit.lineage.tensors.CheckpointTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How many gates the matrices of recurrent layers pack: LSTM four, GRU three. Frameworks put them in different orders
 * (PyTorch and Keras ifgo, ONNX iofc; PyTorch rzn, ONNX and Keras zrh). A recurrent layer is known by its name, and by a
 * matrix from H states to a multiple of H, whose longer side its other matrices share.
 */
final class RecurrentGates {
    private static final int LSTM = 4;
    private static final int GRU = 3;

    /** Names of matrices whose shorter side is that of the states. */
    private static final Pattern OF_STATES = Pattern.compile("(?i).*(_hh|hidden|recurrent).*");

    /** By length of the packed side: what speaks for four gates, less what speaks for three. */
    private final Map<Long, Integer> votes = new HashMap<>();

    RecurrentGates(List<CheckpointTensor> weights) {
        for (CheckpointTensor weight : weights) {
            List<Long> shape = shape(weight);
            if (shape.size() == 2 && GateOrder.isRecurrent(weight.name())) {
                long states = Math.min(shape.get(0), shape.get(1));
                long packed = Math.max(shape.get(0), shape.get(1));
                // inputs may be a third or a quarter by chance, states are in all layers
                int sure = OF_STATES.matcher(weight.name()).matches() ? 2 : 1;
                if (packed == LSTM * states) {
                    votes.merge(packed, sure, Integer::sum);
                } else if (packed == GRU * states) {
                    votes.merge(packed, -sure, Integer::sum);
                }
            }
        }
    }

    /** A tensor's shape without axes of length 1, as ONNX has one for directions. */
    static List<Long> shape(CheckpointTensor weight) {
        return weight.spec().shape().stream().filter(length -> length != 1).toList();
    }

    /** How many gates a matrix packs along an axis of this length; empty if it is none of a recurrent layer. */
    Optional<Integer> along(CheckpointTensor weight, long length) {
        int known = GateOrder.isRecurrent(weight.name()) ? votes.getOrDefault(length, 0) : 0;
        return known == 0 ? Optional.empty() : Optional.of(known > 0 ? LSTM : GRU);
    }
}
