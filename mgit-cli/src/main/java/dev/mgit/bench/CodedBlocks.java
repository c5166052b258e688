package dev.mgit.bench;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The float tensors of a pair in blocks of at most {@value #BLOCK} bytes, each with the parent's block of the same name
 * and place, or none. Holds one block at a time.
 */
final class CodedBlocks implements AutoCloseable {
    static final int BLOCK = 1 << 20;

    /** Takes one block. */
    @FunctionalInterface
    interface Visitor {
        void visit(byte[] raw, byte @Nullable [] predicted, Dtype dtype) throws IOException;
    }

    private final Layout layout;
    private final FileByteSource child;
    private final @Nullable FileByteSource parent;
    private final Map<String, Layout.Range> parents = new HashMap<>();

    CodedBlocks(ModelPair pair) throws IOException {
        child = FileByteSource.open(pair.child());
        parent = pair.parent().isPresent() ? FileByteSource.open(pair.parent().get()) : null;
        layout = Formats.layoutOf(name(pair.child()), child);
        if (parent != null) {
            for (Layout.Range range :
                    Formats.layoutOf(name(pair.parent().orElseThrow()), parent).ranges()) {
                range.tensor().ifPresent(tensor -> parents.put(tensor.name(), range));
            }
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }

    void forEach(Visitor visitor) throws IOException {
        for (Layout.Range range : layout.ranges()) {
            TensorSpec tensor = range.tensor().orElse(null);
            if (tensor != null && tensor.dtype().isFloat()) {
                Layout.Range before = matching(tensor);
                if (before != null || parent == null) {
                    blocks(range, before, tensor.dtype(), visitor);
                }
            }
        }
    }

    private Layout.@Nullable Range matching(TensorSpec tensor) {
        Layout.Range range = parents.get(tensor.name());
        return range != null
                        && range.tensor().orElseThrow().dtype() == tensor.dtype()
                        && range.length() == tensor.byteLength()
                ? range
                : null;
    }

    private void blocks(Layout.Range range, Layout.@Nullable Range before, Dtype dtype, Visitor visitor)
            throws IOException {
        for (long at = 0; at < range.length(); at += BLOCK) {
            byte[] raw = new byte[(int) Math.min(BLOCK, range.length() - at)];
            child.read(range.offset() + at, raw, 0, raw.length);
            byte[] predicted = null;
            if (parent != null && before != null) {
                predicted = new byte[raw.length];
                parent.read(before.offset() + at, predicted, 0, predicted.length);
            }
            visitor.visit(raw, predicted, dtype);
        }
    }

    @Override
    public void close() throws IOException {
        child.close();
        if (parent != null) {
            parent.close();
        }
    }
}
