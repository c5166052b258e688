package dev.mgit.delta.format.onnx;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.RelativePaths;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads ONNX models: initialisers and large constants of all graphs and functions whose data are a byte run become
 * tensors. Weights kept in files beside the model are found through the model that names them.
 */
public final class OnnxReader implements FormatReader {
    /** Format name of a file that holds weights of a model beside it. */
    static final String EXTERNAL_DATA = "onnx-data";

    /** IR versions so far go to 13; a file whose name says nothing must start with a likely one. */
    private static final int LIKELY_IR_VERSION = 64;

    /**
     * A tensor whose data are in another file.
     *
     * @param spec of its range
     * @param offset where its data start in that file
     * @param seen as its owner sees it
     */
    public record External(TensorSpec spec, long offset, LogicalTensor seen) {}

    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public boolean checksumsTensors() {
        return false;
    }

    @Override
    public boolean isExport() {
        return true;
    }

    @Override
    public boolean ownsName(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        if (ownsName(fileName)) {
            return Optional.of(layout(source));
        }
        try {
            return looksLikeModel(source) ? Optional.of(layout(source)) : Optional.empty();
        } catch (UnsupportedFormatException e) {
            return Optional.empty(); // other protobuf files begin alike
        }
    }

    private Layout layout(ByteSource source) throws IOException {
        var layout = new LayoutBuilder(name(), source.size());
        walk(source, new OnnxWalker.Visitor() {
            @Override
            public void tensor(OnnxTensor tensor) throws IOException {
                tensor.spec().ifPresent(spec -> layout.range(tensor.offset(), spec));
                tensor.seen(source).ifPresent(layout::view);
            }
        });
        return layout.build();
    }

    /** Field 1, a varint, as every serialiser writes it first: the IR version. */
    private static boolean looksLikeModel(ByteSource source) throws IOException {
        if (source.size() < 16) {
            return false;
        }
        byte[] start = new byte[2];
        source.read(0, start, 0, 2);
        return start[0] == 8 && start[1] > 0 && start[1] < LIKELY_IR_VERSION;
    }

    /**
     * The tensors whose data are in other files, by file: a path relative to the model's folder, with {@code /}.
     *
     * @throws FormatException if the model is damaged, or a path leaves the model's folder
     */
    public static Map<String, List<External>> externalTensors(ByteSource model) throws IOException {
        Map<String, List<External>> files = new LinkedHashMap<>();
        int[] count = new int[1];
        walk(model, new OnnxWalker.Visitor() {
            @Override
            public void tensor(OnnxTensor tensor) {
                if (!tensor.external) {
                    return;
                }
                if (++count[0] > LayoutBuilder.MAX_TENSORS) {
                    throw new UnsupportedFormatException(
                            "more than " + LayoutBuilder.MAX_TENSORS + " external tensors");
                }
                files.computeIfAbsent(location(tensor), file -> new ArrayList<>())
                        .add(external(tensor));
            }
        });
        return files;
    }

    private static String location(OnnxTensor tensor) {
        String location = tensor.externalData.getOrDefault("location", "");
        String plain = location.startsWith("./") ? location.substring(2) : location;
        return RelativePaths.check(plain, "the external data of tensor " + tensor.label());
    }

    private static External external(OnnxTensor tensor) {
        long offset = number(tensor, "offset", 0);
        Optional<Dtype> dtype = OnnxDtypes.byNumber(tensor.dataType);
        if (dtype.isEmpty()) {
            TensorSpec bytes = LayoutBuilder.opaque(tensor.label(), number(tensor, "length", tensor.valueBytes()));
            return new External(bytes, offset, seen(tensor, bytes.byteLength(), offset));
        }
        var spec = new TensorSpec(tensor.label(), dtype.get(), tensor.dims);
        long due = LayoutBuilder.checkedLength(spec);
        long length = number(tensor, "length", due);
        if (length != due) {
            throw new FormatException("tensor " + spec.name() + " of dtype " + spec.dtype() + " and shape "
                    + spec.shape() + " takes " + due + " bytes, but its external data have " + length);
        }
        return new External(spec, offset, LogicalTensor.rowMajor(spec, offset));
    }

    private static LogicalTensor seen(OnnxTensor tensor, long length, long offset) {
        Optional<Dtype> dtype = OnnxDtypes.seenByNumber(tensor.dataType);
        if (dtype.isPresent()) {
            var spec = new TensorSpec(tensor.label(), dtype.get(), tensor.dims);
            if (LayoutBuilder.checkedLength(spec) == length) {
                return LogicalTensor.rowMajor(spec, offset);
            }
        }
        String reason = "its data type " + tensor.dataType + " is not known, or does not fit its " + length + " bytes";
        return LogicalTensor.unreadable(tensor.label(), tensor.dims, offset, length, reason);
    }

    private static long number(OnnxTensor tensor, String key, long absent) {
        String text = tensor.externalData.get(key);
        if (text == null) {
            return absent;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw new FormatException("the external data of tensor " + tensor.label() + " have no number as " + key);
        }
        return Long.parseLong(text);
    }

    /**
     * The layout of a file that holds external data, by what the model says of it.
     *
     * @param tensors the model's entry for this file in {@link #externalTensors}
     * @throws FormatException if a tensor reaches beyond the file
     */
    public static Layout externalLayout(List<External> tensors, ByteSource data) throws IOException {
        var layout = new LayoutBuilder(EXTERNAL_DATA, data.size());
        for (External tensor : tensors) {
            layout.range(tensor.offset(), tensor.spec());
            layout.view(tensor.seen());
        }
        return layout.build();
    }

    /**
     * The nodes of all graphs and functions of a model, in file order, those of a nested graph before the node that
     * holds it. Weights that an exporter renamed ({@code onnx::MatMul_1234}) are placed by the name of the node that
     * consumes them.
     *
     * @throws FormatException if the model is damaged, or its nodes do not fit reasonable memory
     */
    public static List<OnnxNode> nodes(ByteSource model) throws IOException {
        List<OnnxNode> nodes = new ArrayList<>();
        walk(model, new OnnxWalker.Visitor() {
            @Override
            public void node(OnnxNode node) {
                if (nodes.size() >= OnnxWalker.MAX_NODES) {
                    throw new UnsupportedFormatException("the graph has more than " + OnnxWalker.MAX_NODES + " nodes");
                }
                nodes.add(node);
            }

            @Override
            public boolean wantsNodes() {
                return true;
            }
        });
        return nodes;
    }

    private static void walk(ByteSource source, OnnxWalker.Visitor visitor) throws IOException {
        new OnnxWalker(source, visitor).model();
    }
}
