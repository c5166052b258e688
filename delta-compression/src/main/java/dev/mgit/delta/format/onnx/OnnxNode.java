package dev.mgit.delta.format.onnx;

import java.util.List;

/**
 * One node of an ONNX graph.
 *
 * @param name may be empty; exporters put the module path here, e.g. {@code /encoder/layer.0/attention/query/MatMul}
 * @param opType operator, e.g. {@code MatMul}
 * @param inputs names of values and weights; empty where an optional input is left out
 */
public record OnnxNode(String name, String opType, List<String> inputs, List<String> outputs) {
    public OnnxNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }
}
