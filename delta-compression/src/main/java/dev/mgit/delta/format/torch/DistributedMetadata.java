package dev.mgit.delta.format.torch;

import dev.mgit.delta.format.pickle.Pickle;
import dev.mgit.delta.format.pickle.Pickle.Call;
import dev.mgit.delta.format.pickle.Pickle.Items;
import dev.mgit.delta.format.pickle.Pickle.Pairs;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.format.pickle.PickleParser;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.LayoutBuilder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .metadata} of {@code torch.distributed.checkpoint}: a pickled {@code Metadata} that says in which file, from
 * which byte on, each rank put which part of which tensor.
 */
final class DistributedMetadata {
    /**
     * One call of torch.save among those that make up a file.
     *
     * @param name of the entry of the state dictionary
     * @param part which part of its tensor this is, as Python slices; empty for all of it, and for what is no tensor
     */
    record Item(String name, String part, boolean isTensor, long offset, long length) {}

    /** Several times those of any class that torch puts there. */
    private static final int MAX_ATTRIBUTES = 64;

    private final Map<String, List<Long>> sizes = new HashMap<>();
    /** Sizes of parts, by the name of the tensor and where in it they begin. */
    private final Map<List<Object>, List<Long>> chunks = new HashMap<>();

    private DistributedMetadata() {}

    /**
     * What a file of this name is made of.
     *
     * @throws UnsupportedException if this is no metadata as torch writes it
     * @throws dev.mgit.delta.layout.FormatException if it is cut off
     */
    static List<Item> items(ByteSource metadata, String fileName) throws IOException, UnsupportedException {
        Object pickled = PickleParser.parse(new Cursor(metadata));
        if (!(attribute(pickled, "state_dict_metadata") instanceof Pairs state)
                || !(attribute(pickled, "storage_data") instanceof Pairs storage)) {
            throw new UnsupportedException("no state_dict_metadata and storage_data");
        }
        var read = new DistributedMetadata();
        read.tensors(state);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < storage.keys.size(); i++) {
            read.item(storage.keys.get(i), storage.values.get(i), fileName).ifPresent(items::add);
        }
        return items;
    }

    private void tensors(Pairs state) throws UnsupportedException {
        for (int i = 0; i < state.keys.size(); i++) {
            Object tensor = state.values.get(i);
            List<Long> size = TorchState.numbers(attribute(tensor, "size"));
            if (state.keys.get(i) instanceof String name
                    && attribute(tensor, "chunks") instanceof Items parts
                    && size != null) {
                sizes.put(name, size);
                for (Object part : parts.values) {
                    chunk(name, part);
                }
            }
        }
    }

    private void chunk(String name, Object part) throws UnsupportedException {
        List<Long> offsets = TorchState.numbers(attribute(part, "offsets"));
        List<Long> lengths = TorchState.numbers(attribute(part, "sizes"));
        if (chunks.size() >= LayoutBuilder.MAX_TENSORS) {
            throw new UnsupportedException("more than " + LayoutBuilder.MAX_TENSORS + " parts of tensors");
        }
        if (offsets != null && lengths != null && offsets.size() == lengths.size()) {
            chunks.put(List.of(name, offsets), lengths);
        }
    }

    private Optional<Item> item(Object index, Object place, String fileName) throws UnsupportedException {
        if (!fileName.equals(attribute(place, "relative_path"))) {
            return Optional.empty();
        }
        if (!(attribute(index, "fqn") instanceof String name)
                || !(attribute(place, "offset") instanceof Long offset)
                || !(attribute(place, "length") instanceof Long length)) {
            throw new UnsupportedException("an entry without a name or a place");
        }
        List<Long> from = TorchState.numbers(attribute(index, "offset"));
        return Optional.of(new Item(name, part(name, from), sizes.containsKey(name), offset, length));
    }

    private String part(String name, @Nullable List<Long> from) {
        List<Long> size = sizes.get(name);
        List<Long> length = from == null ? null : chunks.get(List.of(name, from));
        if (size == null || from == null || length == null || size.equals(length) || size.size() != length.size()) {
            return "";
        }
        List<String> slices = new ArrayList<>();
        for (int i = 0; i < size.size(); i++) {
            boolean whole = from.get(i) == 0 && length.get(i).equals(size.get(i));
            slices.add(whole ? ":" : from.get(i) + ":" + (from.get(i) + length.get(i)));
        }
        while (slices.get(slices.size() - 1).equals(":")) {
            slices.remove(slices.size() - 1);
        }
        return "[" + String.join(",", slices) + "]";
    }

    /** Of an object whose state is a dictionary, as that of data classes is. */
    private static Object attribute(Object object, String name) {
        return object instanceof Call call && call.state instanceof Pairs state && state.keys.size() <= MAX_ATTRIBUTES
                ? state.get(name)
                : Pickle.NONE;
    }
}
