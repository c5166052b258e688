package dev.mgit.delta.format.torch;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.LogicalTensor.Strided;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A tensor under one of its names, as torch.load gives it.
 *
 * @param storage what its elements are in, as far as known
 * @param tensor how they lie there; empty where that is not known
 * @param reason why it is not; the end of a sentence
 */
public record TorchView(
        String name, List<Long> shape, Optional<TorchStorage> storage, Optional<TorchTensor> tensor, String reason) {
    /** Where a storage's bytes are in the file. */
    public record Place(long offset, long length) {}

    public static TorchView of(TorchTensor tensor) {
        return new TorchView(tensor.name(), tensor.shape(), Optional.of(tensor.storage()), Optional.of(tensor), "");
    }

    static TorchView unreadable(String name, List<Long> shape, Optional<TorchStorage> storage, String reason) {
        return new TorchView(name, shape, storage, Optional.empty(), reason);
    }

    /**
     * @param places of storages, by key; of one that is compressed or missing there is none
     * @param order of the bytes of elements in all storages
     */
    public LogicalTensor seen(Function<String, Optional<Place>> places, Order order) {
        Optional<Place> place = storage.map(TorchStorage::key).flatMap(places);
        if (tensor.isEmpty()) {
            return hidden(place, reason);
        }
        if (place.isEmpty()) {
            return hidden(place, "its storage is compressed or missing");
        }
        TorchTensor known = tensor.get();
        if (known.type().seen() == Dtype.OPAQUE) {
            return hidden(place, "its dtype is not known");
        }
        try {
            LogicalTensor seen = known.type().equals(TorchTypes.PAIRS)
                    ? pairs(known, place.get())
                    : strided(known, place.get(), order);
            return reachesBeyond(seen, place.get()) ? hidden(place, "it reaches beyond its storage") : seen;
        } catch (ArithmeticException | FormatException e) {
            return hidden(place, "its shape is more than any file can hold");
        }
    }

    private LogicalTensor hidden(Optional<Place> place, String why) {
        return LogicalTensor.unreadable(
                name,
                shape,
                place.map(Place::offset).orElse(0L),
                place.map(Place::length).orElse(0L),
                why);
    }

    private static LogicalTensor strided(TorchTensor tensor, Place place, Order order) {
        TensorSpec spec = new TensorSpec(tensor.name(), tensor.type().seen(), tensor.shape());
        Order used = spec.dtype().bytes() > 1 ? order : Order.LITTLE_ENDIAN;
        return new LogicalTensor(spec, new Strided(offset(tensor, place), tensor.strides(), used, tensor.sign()));
    }

    private static long offset(TorchTensor tensor, Place place) {
        boolean empty = tensor.shape().contains(0L);
        boolean inside = tensor.offset() >= 0
                && tensor.offset() <= place.length() / tensor.type().bytes();
        return empty || !inside
                ? place.offset()
                : place.offset() + tensor.offset() * tensor.type().bytes();
    }

    /** Torch counts pairs of four-bit floats; everybody else counts floats. */
    private LogicalTensor pairs(TorchTensor tensor, Place place) {
        LogicalTensor bytes = LogicalTensor.rowMajor(new TensorSpec(name, Dtype.U8, shape), 0);
        LogicalTensor asStored =
                new LogicalTensor(bytes.spec(), new Strided(0, tensor.strides(), Order.LITTLE_ENDIAN, tensor.sign()));
        if (shape.isEmpty() || !asStored.equals(bytes)) {
            return hidden(Optional.of(place), "its pairs of floats do not lie one after the other");
        }
        List<Long> floats = new ArrayList<>(shape);
        floats.set(shape.size() - 1, Math.multiplyExact(2, floats.get(shape.size() - 1)));
        return LogicalTensor.rowMajor(new TensorSpec(name, Dtype.F4, floats), offset(tensor, place));
    }

    private boolean reachesBeyond(LogicalTensor seen, Place place) {
        LayoutBuilder.checkedLength(seen.spec());
        long width = tensor.orElseThrow().type().bytes();
        long first = Math.multiplyExact(tensor.orElseThrow().offset(), width);
        return !seen.spec().shape().contains(0L) && (first < 0 || Math.addExact(first, seen.span()) > place.length());
    }
}
