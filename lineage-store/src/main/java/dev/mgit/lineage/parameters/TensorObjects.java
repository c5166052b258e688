package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds what objects of a file's tensors are called: the range's own where a tensor is one, else what an object of its
 * data would be called. So equal tensors have equal ids, however either file has them lie. Each place is read once.
 */
public final class TensorObjects {
    /** Views may repeat what they share; beyond so many bytes, and so many files, they are told apart by name only. */
    private static final long MOST_READ = 1L << 30;

    private static final long MOST_READ_TIMES = 4;

    private final ByteSource file;
    private final String sha256;
    private final Map<Long, Manifest.Entry> ranges = new HashMap<>();
    private final Map<LogicalTensor, ObjectId> known = new HashMap<>();
    private long left;

    private TensorObjects(ByteSource file, String sha256, List<Manifest.Entry> entries) throws IOException {
        this.file = file;
        this.sha256 = sha256;
        this.left = Math.max(MOST_READ, MOST_READ_TIMES * file.size());
        for (Manifest.Entry entry : entries) {
            if (entry.tensor().isPresent() && entry.length() > 0) {
                ranges.put(entry.offset(), entry);
            }
        }
    }

    /**
     * @param file the bytes of the whole file
     * @param sha256 of the whole file
     */
    public static List<Manifest.Tensor> of(
            List<LogicalTensor> tensors, List<Manifest.Entry> entries, ByteSource file, String sha256)
            throws IOException {
        var objects = new TensorObjects(file, sha256, entries);
        List<Manifest.Tensor> named = new ArrayList<>(tensors.size());
        for (LogicalTensor tensor : tensors) {
            named.add(new Manifest.Tensor(tensor, objects.of(tensor)));
        }
        return named;
    }

    private ObjectId of(LogicalTensor tensor) throws IOException {
        Optional<ObjectId> range = range(tensor);
        if (range.isPresent()) {
            return range.get();
        }
        LogicalTensor nameless = tensor.named("");
        ObjectId read = known.get(nameless);
        if (read != null) {
            return read;
        }
        ByteSource data = tensor.open(file);
        boolean hidden = tensor.unreadable().isPresent() && data.size() == 0;
        if (hidden || data.size() > left) {
            return byName(tensor);
        }
        ObjectId hashed = hashed(tensor.spec(), data);
        known.put(nameless, hashed);
        return hashed;
    }

    private Optional<ObjectId> range(LogicalTensor tensor) {
        Manifest.Entry entry = ranges.get(tensor.offset());
        boolean inOrder = tensor.isRowMajor() || tensor.unreadable().isPresent();
        return Optional.ofNullable(entry)
                .filter(found -> inOrder && tensor.span() == found.length() && isCutAlike(found, tensor))
                .map(Manifest.Entry::object);
    }

    /** A range that storage knows less of may be cut into other blocks. */
    private static boolean isCutAlike(Manifest.Entry entry, LogicalTensor tensor) {
        BlockGrid range = BlockGrid.of(entry.tensor().orElseThrow(), entry.length());
        BlockGrid own = BlockGrid.of(tensor.spec(), entry.length());
        return range.blockBytes() == own.blockBytes() || (range.blocks() == 1 && own.blocks() == 1);
    }

    private ObjectId hashed(TensorSpec spec, ByteSource data) throws IOException {
        left -= data.size();
        BlockGrid grid = BlockGrid.of(spec, data.size());
        List<StoredObject.Block> blocks = new ArrayList<>(grid.blocks());
        byte[] buffer = new byte[(int) Math.min(grid.blockBytes(), data.size())];
        for (int i = 0; i < grid.blocks(); i++) {
            int length = grid.length(i);
            data.read(grid.offset(i), buffer, 0, length);
            blocks.add(new StoredObject.Block(BlockId.hash(buffer, 0, length), length));
        }
        return StoredObject.of(blocks).id();
    }

    /** Of what cannot be read all that is known is that it is the same in the same file. */
    private ObjectId byName(LogicalTensor tensor) {
        String text = "mgit tensor 1\n" + sha256 + "\n" + tensor.name();
        return ObjectId.of(Hashes.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
