package dev.mgit.lineage.tensors;

import dev.mgit.delta.format.onnx.OnnxNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Parameter names for ONNX initialisers that an exporter renamed, such as {@code onnx::MatMul_1525}: the node that
 * consumes the initialiser says which layer it belongs to. Quantizers keep the name and add a suffix.
 */
final class OnnxNames {
    static final String QUANTIZED = "_quantized";
    static final String SCALE = "_scale";
    static final String ZERO_POINT = "_zero_point";

    private static final Pattern ANONYMOUS = Pattern.compile("onnx::.*|\\d+|_v_\\d+|val_\\d+");

    private final Map<String, String> names = new HashMap<>();

    OnnxNames(List<OnnxNode> nodes) {
        Map<String, Integer> taken = new HashMap<>();
        for (OnnxNode node : nodes) {
            for (String input : node.inputs()) {
                String stem = stem(input);
                String layer = layer(node.name());
                if (ANONYMOUS.matcher(stem).matches() && !layer.isEmpty() && !input.endsWith(SCALE)) {
                    names.computeIfAbsent(stem, unnamed -> {
                        int before = taken.merge(layer, 1, Integer::sum);
                        return layer + (before == 1 ? ".weight" : ".weight_" + before);
                    });
                }
            }
        }
    }

    /** The name to show for an initialiser. */
    String of(String initialiser) {
        String stem = stem(initialiser);
        return names.getOrDefault(stem, stem) + initialiser.substring(stem.length());
    }

    static String stem(String name) {
        for (String suffix : List.of(QUANTIZED, SCALE, ZERO_POINT)) {
            if (name.endsWith(suffix)) {
                return name.substring(0, name.length() - suffix.length());
            }
        }
        return name;
    }

    /** {@code /encoder/layer.0/attention/self/query/MatMul} is an operation of encoder.layer.0.attention.self.query. */
    private static String layer(String node) {
        int end = node.lastIndexOf('/');
        return end <= 0 ? "" : node.substring(node.startsWith("/") ? 1 : 0, end).replace('/', '.');
    }
}
