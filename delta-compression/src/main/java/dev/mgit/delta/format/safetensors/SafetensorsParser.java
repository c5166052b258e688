package dev.mgit.delta.format.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.StrictJson;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses and checks a safetensors header with the reference implementation's strictness, and a little more. */
final class SafetensorsParser {
    private static final int MAX_METADATA = 1 << 18;
    private static final int MAX_UNKNOWN_FIELDS = 64;

    /** A tensor as the JSON describes it; offsets count from the first byte after the JSON. */
    private record Described(TensorSpec spec, String dtype, List<Long> shape, long begin, long end) {}

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<Described> tensors = new ArrayList<>();
    private final JsonParser json;
    private final boolean keepMetadata;

    private SafetensorsParser(JsonParser json, boolean keepMetadata) {
        this.json = json;
        this.keepMetadata = keepMetadata;
    }

    /** @param keepMetadata whether {@code __metadata__} is wanted; where it is not, it may be as long as the header */
    static SafetensorsHeader parse(ByteSource source, boolean keepMetadata) throws IOException {
        long size = source.size();
        if (size < 10) {
            throw new FormatException("a safetensors file has at least 10 bytes, this one " + size);
        }
        var cursor = new Cursor(source);
        long length = cursor.i64();
        if (length < 0 || length > SafetensorsHeader.MAX_JSON) {
            throw new FormatException("bytes 0 to 7 give the header " + Long.toUnsignedString(length)
                    + " bytes, more than the " + SafetensorsHeader.MAX_JSON + " a safetensors header may have");
        }
        if (length > size - 8) {
            throw new FormatException("bytes 0 to 7 give the header " + length + " bytes, but the file ends after "
                    + (size - 8) + " of them");
        }
        if (length < 2 || cursor.u8() != '{') {
            throw new FormatException("the header does not begin with { at byte 8");
        }
        Surrogates.refuseHalves(source, 8, length);
        return StrictJson.read(source, 8, length, json -> {
            var parser = new SafetensorsParser(json, keepMetadata);
            parser.parseHeader();
            return parser.check(8 + length, size);
        });
    }

    private void parseHeader() throws IOException {
        StrictJson.expect(json, JsonToken.START_OBJECT, "the header");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            if (name.equals(SafetensorsHeader.METADATA)) {
                parseMetadata();
            } else if (tensors.size() >= LayoutBuilder.MAX_TENSORS) {
                throw new UnsupportedFormatException(
                        "the header lists more than " + LayoutBuilder.MAX_TENSORS + " tensors");
            } else {
                tensors.add(parseTensor(name));
            }
        }
    }

    /** The reference implementation takes null for none. */
    private void parseMetadata() throws IOException {
        JsonToken first = json.nextToken();
        if (first == JsonToken.VALUE_NULL) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw new FormatException(SafetensorsHeader.METADATA + " should be an object");
        }
        long text = 0;
        for (int entries = 1; json.nextToken() == JsonToken.FIELD_NAME; entries++) {
            String key = json.currentName();
            StrictJson.expect(json, JsonToken.VALUE_STRING, SafetensorsHeader.METADATA + " entry " + key);
            if (keepMetadata) {
                metadata.put(key, json.getText());
                text += key.length() + json.getTextLength();
            }
            if (entries > MAX_METADATA || text > StrictJson.MAX_TEXT) {
                throw new UnsupportedFormatException(SafetensorsHeader.METADATA + " has more than " + MAX_METADATA
                        + " entries or " + StrictJson.MAX_TEXT + " characters");
            }
        }
    }

    private Described parseTensor(String name) throws IOException {
        String what = "tensor " + name;
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        int unknown = 0;
        StrictJson.expect(json, JsonToken.START_OBJECT, what);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            switch (json.currentName()) {
                case "dtype" -> {
                    StrictJson.expect(json, JsonToken.VALUE_STRING, what + " dtype");
                    dtype = json.getText();
                }
                case "shape" -> shape = numbers(what + " shape", LayoutBuilder.MAX_RANK);
                case "data_offsets" -> offsets = numbers(what + " data_offsets", 2);
                default -> {
                    if (++unknown > MAX_UNKNOWN_FIELDS) {
                        throw new UnsupportedFormatException(
                                what + " has more than " + MAX_UNKNOWN_FIELDS + " unknown fields");
                    }
                    StrictJson.skipValue(json);
                }
            }
        }
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw new FormatException(
                    what + " must have a dtype, a shape and two data_offsets, but lacks " + missing(dtype, shape));
        }
        return describe(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private static String missing(@Nullable String dtype, @Nullable List<Long> shape) {
        return dtype == null ? "the dtype" : shape == null ? "the shape" : "the data_offsets";
    }

    private static Described describe(String name, String dtypeName, List<Long> shape, long begin, long end) {
        if (end < begin) {
            throw new FormatException("tensor " + name + " ends at " + end + ", before it begins at " + begin);
        }
        var dtype = SafetensorsDtypes.storedByName(dtypeName);
        if (dtype.isEmpty()) {
            return new Described(LayoutBuilder.opaque(name, end - begin), dtypeName, shape, begin, end);
        }
        var spec = new TensorSpec(name, dtype.get(), shape);
        long length = LayoutBuilder.checkedLength(spec);
        if (length != end - begin) {
            throw new FormatException("tensor " + name + " of dtype " + dtypeName + " and shape " + shape + " takes "
                    + length + " bytes, but its data_offsets leave " + (end - begin));
        }
        return new Described(spec, dtypeName, shape, begin, end);
    }

    /** A dtype that storage does not know may still have a name and a size. */
    private static LogicalTensor seen(Described tensor, long offset) {
        TensorSpec stored = tensor.spec();
        if (stored.dtype() != Dtype.OPAQUE) {
            return LogicalTensor.rowMajor(stored, offset);
        }
        long length = tensor.end() - tensor.begin();
        String reason = "its dtype " + tensor.dtype() + " is not known";
        var dtype = SafetensorsDtypes.byName(tensor.dtype());
        if (dtype.isPresent()) {
            var spec = new TensorSpec(stored.name(), dtype.get(), tensor.shape());
            if (SafetensorsDtypes.byteLength(spec).orElse(-1) == length) {
                return LogicalTensor.rowMajor(spec, offset);
            }
            reason = "its shape does not fit its " + length + " bytes of " + tensor.dtype();
        }
        return LogicalTensor.unreadable(stored.name(), tensor.shape(), offset, length, reason);
    }

    private List<Long> numbers(String what, int most) throws IOException {
        StrictJson.expect(json, JsonToken.START_ARRAY, what);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            boolean isLong = json.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
            if (!isLong || json.getLongValue() < 0) {
                throw new FormatException(what + " holds something other than whole numbers from 0 to 2^63");
            }
            if (numbers.size() == most) {
                String sentence = what + " has more than " + most + " numbers";
                throw most == LayoutBuilder.MAX_RANK
                        ? new UnsupportedFormatException(sentence)
                        : new FormatException(sentence);
            }
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    /** Holds the tensors against each other and the file: no hole, no overlap, nothing left over or cut off. */
    private SafetensorsHeader check(long dataOffset, long size) {
        tensors.sort(Comparator.comparingLong(Described::begin).thenComparingLong(Described::end));
        List<SafetensorsHeader.Entry> entries = new ArrayList<>(tensors.size());
        long due = 0;
        for (Described tensor : tensors) {
            String name = tensor.spec().name();
            if (tensor.begin() != due) {
                throw new FormatException("tensor " + name + " begins at byte " + tensor.begin() + " of the data, "
                        + (tensor.begin() > due ? "leaving a hole after byte " : "overlapping the one that ends at ")
                        + due);
            }
            due = tensor.end();
            if (due > size - dataOffset) {
                throw new FormatException("tensor " + name + " ends at byte " + due + " of the data, but the file has "
                        + "only " + (size - dataOffset) + " bytes of data");
            }
            entries.add(new SafetensorsHeader.Entry(
                    tensor.spec(), dataOffset + tensor.begin(), seen(tensor, dataOffset + tensor.begin())));
        }
        if (due != size - dataOffset) {
            throw new FormatException(
                    "the tensors end at byte " + (dataOffset + due) + ", but the file goes on to byte " + size);
        }
        return new SafetensorsHeader(metadata, entries, dataOffset);
    }
}
