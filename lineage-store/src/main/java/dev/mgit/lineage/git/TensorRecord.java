package dev.mgit.lineage.git;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.LogicalTensor.Piece;
import dev.mgit.delta.layout.LogicalTensor.Pieces;
import dev.mgit.delta.layout.LogicalTensor.Place;
import dev.mgit.delta.layout.LogicalTensor.RowMajor;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import dev.mgit.delta.layout.LogicalTensor.Strided;
import dev.mgit.delta.layout.LogicalTensor.Unreadable;
import dev.mgit.delta.layout.LogicalTensor.Varints;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON of one tensor of a manifest. What is usual is left out: strides of row-major tensors, little-endian order, no
 * conjugate or negative bit.
 */
final class TensorRecord {
    private static final String PIECES = "pieces";

    private TensorRecord() {}

    /** Whether some tensor lies in pieces, which older versions of mgit know nothing of. */
    static boolean hasPieces(List<Manifest.Tensor> tensors) {
        return tensors.stream().anyMatch(tensor -> tensor.seen().place() instanceof Pieces);
    }

    static Map<String, Object> write(Manifest.Tensor tensor) {
        LogicalTensor seen = tensor.seen();
        var json = new LinkedHashMap<String, Object>();
        json.put("name", seen.name());
        json.put("dtype", seen.spec().dtype().name());
        json.put("shape", seen.spec().shape());
        json.put("offset", seen.offset());
        if (seen.place() instanceof Strided strided) {
            json.put("strides", strided.strides());
            if (strided.order() != Order.LITTLE_ENDIAN) {
                json.put("order", word(strided.order()));
            }
            if (strided.sign() != Sign.AS_STORED) {
                json.put("sign", word(strided.sign()));
            }
        } else if (seen.place() instanceof Pieces pieces) {
            json.put("strides", pieces.strides());
            if (pieces.order() != Order.LITTLE_ENDIAN) {
                json.put("order", word(pieces.order()));
            }
            json.put(PIECES, numbers(pieces.pieces()));
        } else if (seen.place() instanceof Varints varints) {
            json.put("varints", varints.length());
        } else if (seen.place() instanceof Unreadable hidden) {
            json.put("unreadable", hidden.reason());
            json.put("length", hidden.length());
        }
        json.put("object", tensor.object().hex());
        return json;
    }

    /** @throws JsonException if one does not fit the file */
    static List<Manifest.Tensor> read(List<JsonObject> tensors, long fileSize) {
        List<Manifest.Tensor> read = new ArrayList<>(tensors.size());
        for (JsonObject tensor : tensors) {
            var seen = new LogicalTensor(spec(tensor.string("name"), tensor), place(tensor));
            try {
                seen.check(fileSize);
            } catch (FormatException e) {
                throw new JsonException(e.getMessage());
            }
            if (seen.isEndless(fileSize)) {
                throw new JsonException("tensor " + seen.name() + " repeats its elements without end");
            }
            read.add(new Manifest.Tensor(seen, new ObjectId(tensor.string("object"))));
        }
        return read;
    }

    static TensorSpec spec(String name, JsonObject json) {
        String dtype = json.string("dtype");
        return new TensorSpec(
                name,
                Dtype.byName(dtype).orElseThrow(() -> new JsonException("unknown dtype '" + dtype + "'")),
                json.numbers("shape"));
    }

    private static Place place(JsonObject json) {
        long offset = json.number("offset");
        Optional<String> reason = json.optionalString("unreadable");
        if (reason.isPresent()) {
            return new Unreadable(offset, json.number("length"), reason.get());
        }
        if (json.has("varints")) {
            return new Varints(offset, json.number("varints"));
        }
        if (!json.has("strides")) {
            return new RowMajor(offset);
        }
        Order order =
                json.optionalString("order").map(word -> one(Order.class, word)).orElse(Order.LITTLE_ENDIAN);
        if (json.has(PIECES)) {
            int rank = json.numbers("shape").size();
            return new Pieces(pieces(json.numbers(PIECES), rank), json.numbers("strides"), order);
        }
        return new Strided(
                offset,
                json.numbers("strides"),
                order,
                json.optionalString("sign").map(word -> one(Sign.class, word)).orElse(Sign.AS_STORED));
    }

    /** Of each piece its offset, where in the tensor it begins, and its shape. */
    private static List<Long> numbers(List<Piece> pieces) {
        List<Long> numbers = new ArrayList<>();
        for (Piece piece : pieces) {
            numbers.add(piece.offset());
            numbers.addAll(piece.from());
            numbers.addAll(piece.shape());
        }
        return numbers;
    }

    private static List<Piece> pieces(List<Long> numbers, int rank) {
        int step = 1 + 2 * rank;
        if (numbers.size() % step != 0) {
            throw new JsonException(numbers.size() + " numbers for pieces of " + step + " each");
        }
        List<Piece> pieces = new ArrayList<>(numbers.size() / step);
        for (int at = 0; at < numbers.size(); at += step) {
            int shape = at + 1 + rank;
            pieces.add(
                    new Piece(numbers.get(at), numbers.subList(at + 1, shape), numbers.subList(shape, shape + rank)));
        }
        return pieces;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> E one(Class<E> kind, String word) {
        return Enum.valueOf(kind, word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
