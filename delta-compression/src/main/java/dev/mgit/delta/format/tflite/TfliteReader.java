package dev.mgit.delta.format.tflite;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.tflite.FlatBuffer.Table;
import dev.mgit.delta.format.tflite.FlatBuffer.Vector;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads TensorFlow Lite models: the tensors of all subgraphs whose elements are in a buffer, within the FlatBuffer or,
 * in models above 2 GB, behind it. Field numbers are those of {@code tensorflow/lite/schema/schema.fbs}.
 */
public final class TfliteReader implements FormatReader {
    private static final byte[] IDENTIFIER = "TFL3".getBytes(StandardCharsets.US_ASCII);
    private static final int IDENTIFIER_OFFSET = 4;

    private static final int MODEL_SUBGRAPHS = 2;
    private static final int MODEL_BUFFERS = 4;
    private static final int SUBGRAPH_TENSORS = 0;
    private static final int TENSOR_SHAPE = 0;
    private static final int TENSOR_TYPE = 1;
    private static final int TENSOR_BUFFER = 2;
    private static final int TENSOR_NAME = 3;
    private static final int TENSOR_SPARSITY = 6;
    private static final int BUFFER_DATA = 0;
    private static final int BUFFER_OFFSET = 1;
    private static final int BUFFER_SIZE = 2;

    @Override
    public String name() {
        return "tflite";
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
        return fileName.toLowerCase(Locale.ROOT).endsWith(".tflite");
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        if (!hasIdentifier(source)) {
            return Optional.empty(); // apps ship encrypted ones under the same name
        }
        var file = new FlatBuffer(source);
        Table model = file.root();
        var layout = new LayoutBuilder(name(), source.size());
        List<Vector> buffers = buffers(file, model.vector(MODEL_BUFFERS, 4));
        Vector subgraphs = model.vector(MODEL_SUBGRAPHS, 4);
        long seen = 0;
        for (long i = 0; i < subgraphs.count(); i++) {
            Vector tensors = file.element(subgraphs, i).vector(SUBGRAPH_TENSORS, 4);
            seen += 1 + tensors.count();
            if (seen > LayoutBuilder.MAX_TENSORS) {
                throw new UnsupportedFormatException("it has more than " + LayoutBuilder.MAX_TENSORS + " tensors");
            }
            for (long j = 0; j < tensors.count(); j++) {
                tensor(file, file.element(tensors, j), i + "." + j, buffers, layout);
            }
        }
        return Optional.of(layout.build());
    }

    private static boolean hasIdentifier(ByteSource source) throws IOException {
        byte[] found = new byte[IDENTIFIER.length];
        if (source.size() < IDENTIFIER_OFFSET + found.length) {
            return false;
        }
        source.read(IDENTIFIER_OFFSET, found, 0, found.length);
        return Arrays.equals(found, IDENTIFIER);
    }

    /** Where the bytes of each buffer are; without elements where there are none. */
    private static List<Vector> buffers(FlatBuffer file, Vector tables) throws IOException {
        if (tables.count() > LayoutBuilder.MAX_TENSORS) {
            throw new UnsupportedFormatException("it has more than " + LayoutBuilder.MAX_TENSORS + " buffers");
        }
        List<Vector> buffers = new ArrayList<>();
        for (long i = 0; i < tables.count(); i++) {
            Table buffer = file.element(tables, i);
            long behind = buffer.u64(BUFFER_OFFSET);
            // Offsets 0 and 1 are placeholders of buffers that hold their bytes themselves.
            boolean within = behind >= 0 && behind <= 1;
            buffers.add(within ? buffer.vector(BUFFER_DATA, 1) : new Vector(behind, buffer.u64(BUFFER_SIZE)));
        }
        return buffers;
    }

    private static void tensor(FlatBuffer file, Table tensor, String place, List<Vector> buffers, LayoutBuilder layout)
            throws IOException {
        String name = tensor.text(TENSOR_NAME).orElse("tensor." + place);
        long buffer = tensor.u32(TENSOR_BUFFER);
        if (buffer >= buffers.size()) {
            throw new FormatException("tensor " + name + " is in buffer " + buffer + " of " + buffers.size());
        }
        Vector data = buffers.get((int) buffer);
        if (data.count() == 0) {
            return; // computed by the graph
        }
        var spec = new TensorSpec(
                name,
                TfliteTypes.of(tensor.u8(TENSOR_TYPE)),
                file.ints(tensor.vector(TENSOR_SHAPE, 4), LayoutBuilder.MAX_RANK));
        Optional<String> hidden = hidden(tensor, spec, data.count());
        layout.range(data.offset(), hidden.isEmpty() ? stored(spec) : flat(spec, data.count()));
        layout.view(
                hidden.map(reason -> LogicalTensor.unreadable(name, spec.shape(), data.offset(), data.count(), reason))
                        .orElseGet(() -> LogicalTensor.rowMajor(spec, data.offset())));
    }

    private static Optional<String> hidden(Table tensor, TensorSpec spec, long bytes) throws IOException {
        if (spec.dtype() == Dtype.OPAQUE) {
            return Optional.of("its elements are not numbers");
        }
        if (tensor.has(TENSOR_SPARSITY)) {
            return Optional.of("it is sparse");
        }
        long due = LayoutBuilder.checkedLength(spec);
        return due == bytes ? Optional.empty() : Optional.of("its shape takes " + due + " bytes, not " + bytes);
    }

    private static TensorSpec stored(TensorSpec spec) {
        boolean plain = !spec.dtype().isBlockType() || spec.dtype() == Dtype.I4;
        return plain ? spec : LayoutBuilder.opaque(spec.name(), spec.byteLength());
    }

    /** Bytes of which only the type of the elements is known. */
    private static TensorSpec flat(TensorSpec spec, long bytes) {
        Dtype dtype = spec.dtype();
        boolean plain = dtype.isFloat() || dtype.isInteger();
        return plain && bytes % dtype.bytes() == 0
                ? new TensorSpec(spec.name(), dtype, List.of(bytes / dtype.bytes()))
                : LayoutBuilder.opaque(spec.name(), bytes);
    }
}
