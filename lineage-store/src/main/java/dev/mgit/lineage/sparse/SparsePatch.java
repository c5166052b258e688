package dev.mgit.lineage.sparse;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A sparse update that somebody sent, open to be read: pairs of {@code NAME.idx} and {@code NAME.val}. Indices are flat
 * positions ({@code raw}: I32 or I64), or the gaps between them ({@code gap_delta}: U16 or U32), as TRL writes both.
 * Nothing of it is believed before it is checked.
 */
public final class SparsePatch implements AutoCloseable {
    private static final String RAW = "raw";
    private static final String GAPS = "gap_delta";

    private final FileByteSource source;
    private final Map<String, String> metadata;
    private final List<Update> updates;

    private SparsePatch(FileByteSource source, Map<String, String> metadata, List<Update> updates) {
        this.source = source;
        this.metadata = metadata;
        this.updates = List.copyOf(updates);
    }

    /**
     * What it changes in one tensor.
     *
     * @param indices as {@link IndexReader} reads them
     * @param values of the tensor's dtype, one an index
     */
    record Update(
            String tensor, Dtype dtype, long count, ByteSource indices, Dtype width, boolean gaps, ByteSource values) {}

    /** @throws MgitException of kind FAILED, or a {@link FormatException}, if the file is no sparse update */
    public static SparsePatch open(Path file) throws IOException {
        FileByteSource source;
        try {
            source = FileByteSource.open(file);
        } catch (IOException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "cannot read '" + file + "': " + e.getMessage(),
                    "give a .safetensors file",
                    e);
        }
        boolean complete = false;
        try {
            SafetensorsHeader header = header(file, source);
            var patch = new SparsePatch(source, header.metadata(), updates(header, source));
            complete = true;
            return patch;
        } finally {
            if (!complete) {
                source.close();
            }
        }
    }

    private static SafetensorsHeader header(Path file, FileByteSource source) throws IOException {
        try {
            return SafetensorsHeader.parse(source);
        } catch (FormatException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "'" + file + "' is no sparse update: " + e.getMessage(),
                    "write one with: mgit export --sparse PARENT REV FILE",
                    e);
        }
    }

    private static List<Update> updates(SafetensorsHeader header, ByteSource source) {
        String format = header.metadata().getOrDefault(PatchMetadata.FORMAT, PatchMetadata.FORMAT_NAME);
        String encoding = header.metadata().getOrDefault(PatchMetadata.ENCODING, RAW);
        if (!format.equals(PatchMetadata.FORMAT_NAME)
                || "False".equals(header.metadata().get(PatchMetadata.SPARSE))) {
            throw refused("it is a file of whole tensors", "commit it as one: mgit commit FILE --from REV");
        }
        if (!encoding.equals(RAW) && !encoding.equals(GAPS)) {
            throw refused(
                    "its indices are encoded as '" + encoding + "'", "send them as raw or gap_delta, which mgit reads");
        }
        Map<String, SafetensorsHeader.Entry> entries = new HashMap<>();
        header.tensors().forEach(entry -> entries.put(entry.spec().name(), entry));
        List<Update> updates = new ArrayList<>();
        for (SafetensorsHeader.Entry values : header.tensors()) {
            String key = values.spec().name();
            if (key.endsWith(SparseExport.VALUES)) {
                String tensor = key.substring(0, key.length() - SparseExport.VALUES.length());
                SafetensorsHeader.Entry indices = entries.remove(tensor + SparseExport.INDICES);
                if (indices == null) {
                    throw refused("'" + key + "' has no '" + tensor + SparseExport.INDICES + "'", null);
                }
                entries.remove(key);
                updates.add(update(tensor, indices, values, encoding.equals(GAPS), source));
            }
        }
        if (!entries.isEmpty()) {
            throw refused(
                    "'" + entries.keySet().iterator().next() + "' is not half of a pair NAME.idx and NAME.val", null);
        }
        return updates;
    }

    private static Update update(
            String tensor,
            SafetensorsHeader.Entry indices,
            SafetensorsHeader.Entry values,
            boolean gaps,
            ByteSource source) {
        Dtype width = indices.spec().dtype();
        Set<Dtype> widths = gaps ? Set.of(Dtype.U16, Dtype.U32) : Set.of(Dtype.I32, Dtype.I64);
        if (!widths.contains(width)) {
            throw refused(
                    "the indices of '" + tensor + "' are " + width + ", not one of " + new TreeSet<>(widths), null);
        }
        if (values.seen().unreadable().isPresent()) {
            throw refused(
                    "the values of '" + tensor + "' cannot be read: "
                            + values.seen().unreadable().get(),
                    null);
        }
        List<Long> shape = values.seen().spec().shape();
        if (shape.size() != 1 || !indices.spec().shape().equals(shape)) {
            throw refused(
                    "'" + tensor + "' has indices of shape " + indices.spec().shape() + " and values of shape " + shape
                            + ", where both should be one list of the same length",
                    null);
        }
        return new Update(
                tensor,
                values.seen().spec().dtype(),
                shape.get(0),
                indices.seen().open(source),
                width,
                gaps,
                values.seen().open(source));
    }

    static MgitException refused(String why, @Nullable String hint) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "the sparse update cannot be applied: " + why,
                hint == null ? "have it written again; nothing was changed" : hint);
    }

    List<Update> updates() {
        return updates;
    }

    Optional<String> said(String key) {
        return Optional.ofNullable(metadata.get(key));
    }

    /** How what it makes was made from its parent; what sends updates without saying so is reinforcement learning. */
    public EdgeKind kind() {
        if (said(PatchMetadata.PARENT).isEmpty()) {
            return EdgeKind.RL;
        }
        return said(PatchMetadata.KIND).map(EdgeKind::parse).orElse(EdgeKind.FINETUNE);
    }

    /** Elements it changes. */
    public long changed() {
        return updates.stream().mapToLong(Update::count).sum();
    }

    /** Tensors it changes. */
    public int tensors() {
        return updates.size();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
