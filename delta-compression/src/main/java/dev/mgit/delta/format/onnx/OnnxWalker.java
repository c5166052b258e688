package dev.mgit.delta.format.onnx;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks the protobuf wire encoding of an ONNX model without loading it: fields that hold weights are skipped over and
 * only their places noted. Field numbers are those of onnx.proto; the wire encoding is described in the Protocol
 * Buffers documentation, "Encoding".
 */
final class OnnxWalker {
    /** Receives what the walk finds, in file order. */
    interface Visitor {
        /** A tensor that has a name of its own, or the name of the {@code Constant} node it belongs to. */
        default void tensor(OnnxTensor tensor) throws IOException {}

        default void node(OnnxNode node) {}

        /** Whether {@link #node} wants nodes' inputs; it costs memory. */
        default boolean wantsNodes() {
            return false;
        }
    }

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    /** Messages within messages; a graph in a graph is three of them, and exporters nest one or two graphs. */
    /** As deep as protobuf's own parsers go. */
    private static final int MAX_DEPTH = 100;
    /** Nodes kept; graphs of large models have some ten thousand. */
    static final int MAX_NODES = 1 << 19;
    /** Characters of names kept with nodes, with 32 more for each; graphs of large models have some million. */
    private static final long MAX_NODE_TEXT = 1L << 26;

    /** Bytes of the smallest constant within a node that counts as a tensor; most are shapes and axes. */
    private static final int MIN_CONSTANT = 1024;
    /** Bytes of the longest name taken for one. */
    private static final int MAX_TEXT = 4096;

    private final Cursor in;
    private final Visitor visitor;
    private int field;
    private int wire;
    private int depth;
    private long textLeft = MAX_NODE_TEXT;

    OnnxWalker(ByteSource source, Visitor visitor) throws IOException {
        this.in = new Cursor(source);
        this.visitor = visitor;
    }

    /** @throws FormatException if this is no ONNX model, or one that was cut off */
    void model() throws IOException {
        boolean graph = false;
        boolean opsets = false;
        long irVersion = 0;
        while (next()) {
            switch (field) {
                case 1 -> irVersion = number();
                case 7 -> {
                    graph = true;
                    message(this::graph);
                }
                case 8 -> {
                    opsets = true;
                    skip();
                }
                case 20 -> message(this::training);
                case 25 -> message(this::function);
                default -> skip();
            }
        }
        if (!graph) {
            throw new FormatException("this file has no graph; an ONNX model needs one");
        }
        if (irVersion < 1 || (irVersion >= 3 && !opsets)) {
            throw new FormatException(
                    "the ONNX model ends at byte " + in.limit() + " without naming its version and operator set");
        }
    }

    /** A {@code TrainingInfoProto}: how to begin, and a step. */
    private void training() throws IOException {
        while (next()) {
            if (field == 1 || field == 2) {
                message(this::graph);
            } else {
                skip();
            }
        }
    }

    private void graph() throws IOException {
        while (next()) {
            switch (field) {
                case 1 -> message(this::node);
                case 5 -> message(() -> visitor.tensor(tensor()));
                case 15 -> message(() -> visitor.tensor(sparse()));
                default -> skip();
            }
        }
    }

    /** A {@code SparseTensorProto}, named by its values. */
    private OnnxTensor sparse() throws IOException {
        var whole = new OnnxTensor();
        whole.sparse();
        while (next()) {
            switch (field) {
                case 1 ->
                    message(() -> {
                        OnnxTensor values = tensor();
                        whole.name = values.name;
                        whole.dataType = values.dataType;
                    });
                case 3 -> dims(whole);
                default -> skip();
            }
        }
        return whole;
    }

    private void function() throws IOException {
        while (next()) {
            if (field == 7) {
                message(this::node);
            } else {
                skip();
            }
        }
    }

    private void node() throws IOException {
        String name = "";
        String opType = "";
        List<String> inputs = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        List<OnnxTensor> values = new ArrayList<>();
        while (next()) {
            switch (field) {
                case 1 -> keep(inputs, visitor.wantsNodes());
                case 2 -> keep(outputs, visitor.wantsNodes() || outputs.isEmpty());
                case 3 -> name = text();
                case 4 -> opType = text();
                case 5 -> message(() -> attribute(values));
                default -> skip();
            }
        }
        for (OnnxTensor value : values) {
            value.name = value.name.isEmpty() && !outputs.isEmpty() ? outputs.get(0) : value.name;
            if (value.external || value.valueBytes() >= MIN_CONSTANT) {
                visitor.tensor(value);
            }
        }
        if (visitor.wantsNodes()) {
            visitor.node(new OnnxNode(name, opType, inputs, outputs));
        }
    }

    private void attribute(List<OnnxTensor> values) throws IOException {
        while (next()) {
            switch (field) {
                case 5, 10 ->
                    message(() -> {
                        OnnxTensor tensor = tensor();
                        if (values.size() >= LayoutBuilder.MAX_TENSORS) {
                            throw new UnsupportedFormatException("the node at byte " + in.position() + " has more than "
                                    + LayoutBuilder.MAX_TENSORS + " values");
                        }
                        values.add(tensor);
                    });
                case 6, 11 -> message(this::graph);
                default -> skip();
            }
        }
    }

    private OnnxTensor tensor() throws IOException {
        var tensor = new OnnxTensor();
        while (next()) {
            switch (field) {
                case 1 -> dims(tensor);
                case 2 -> tensor.dataType = (int) number();
                case 3 -> {
                    // A segment: the rest of the tensor is elsewhere.
                    tensor.unusable();
                    skip();
                }
                case 4 -> data(tensor, OnnxTensor.Field.FLOATS);
                case 5 -> data(tensor, OnnxTensor.Field.INT32S);
                case 6 -> {
                    tensor.strings();
                    skip();
                }
                case 7 -> data(tensor, OnnxTensor.Field.INT64S);
                case 8 -> tensor.name = text();
                case 9 -> data(tensor, OnnxTensor.Field.RAW);
                case 10 -> data(tensor, OnnxTensor.Field.DOUBLES);
                case 11 -> data(tensor, OnnxTensor.Field.UINT64S);
                case 13 -> message(() -> externalEntry(tensor));
                case 14 -> tensor.external = number() == 1;
                default -> skip();
            }
        }
        return tensor;
    }

    private void dims(OnnxTensor tensor) throws IOException {
        if (wire == VARINT) {
            tensor.dim(in.varint());
        } else if (wire == BYTES) {
            long outer = in.enter(in.varint());
            while (!in.atEnd()) {
                tensor.dim(in.varint());
            }
            in.leave(outer);
        } else {
            skip();
        }
    }

    private void data(OnnxTensor tensor, OnnxTensor.Field from) throws IOException {
        if (wire != BYTES) {
            tensor.unusable();
            skip();
            return;
        }
        long length = in.varint();
        long at = in.position();
        in.skip(length);
        tensor.data(from, at, length);
    }

    private void externalEntry(OnnxTensor tensor) throws IOException {
        String key = "";
        String value = "";
        while (next()) {
            switch (field) {
                case 1 -> key = text();
                case 2 -> value = text();
                default -> skip();
            }
        }
        tensor.externalEntry(key, value);
    }

    /** Reads the next field's number and wire type; false at the end of the message. */
    private boolean next() throws IOException {
        if (in.atEnd()) {
            return false;
        }
        long start = in.position();
        long tag = in.varint();
        field = (int) (tag >>> 3);
        wire = (int) (tag & 7);
        boolean known = wire == VARINT || wire == FIXED64 || wire == BYTES || wire == FIXED32;
        if (!known || tag >>> 3 < 1 || tag >>> 3 > 0x1fff_ffff) {
            throw new FormatException("byte " + start + " is not the start of a protobuf field");
        }
        return true;
    }

    private interface Body {
        void read() throws IOException;
    }

    private void message(Body body) throws IOException {
        if (wire != BYTES) {
            skip();
            return;
        }
        if (++depth > MAX_DEPTH) {
            throw new FormatException(
                    "at byte " + in.position() + " messages are nested more than " + MAX_DEPTH + " deep");
        }
        long outer = in.enter(in.varint());
        body.read();
        in.leave(outer);
        depth--;
    }

    private long number() throws IOException {
        return wire == VARINT ? in.varint() : skip();
    }

    private String text() throws IOException {
        if (wire != BYTES) {
            skip();
            return "";
        }
        String text = in.utf8(in.varint(), MAX_TEXT);
        textLeft -= text.length() + 32;
        if (visitor.wantsNodes() && textLeft < 0) {
            throw new UnsupportedFormatException("the graph has more names than " + MAX_NODE_TEXT + " characters");
        }
        return text;
    }

    private void keep(List<String> names, boolean wanted) throws IOException {
        if (wanted) {
            names.add(text());
        } else {
            skip();
        }
    }

    /** Passes over a field's value; always 0. */
    private long skip() throws IOException {
        switch (wire) {
            case VARINT -> in.varint();
            case FIXED64 -> in.skip(8);
            case BYTES -> in.skip(in.varint());
            default -> in.skip(4);
        }
        return 0;
    }
}
