package dev.mgit.delta.format.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: eight bytes of length (little-endian), JSON padded with spaces to a multiple of
 * eight, then the tensors' data without gaps. After the format description in the safetensors project's README.
 *
 * @param metadata the {@code __metadata__} entries, in file order
 * @param tensors in the order of their data
 * @param dataOffset where the first tensor's data start: 8 plus the length of the JSON
 */
public record SafetensorsHeader(Map<String, String> metadata, List<Entry> tensors, long dataOffset) {
    /** The reference implementation's limit on the JSON, in bytes. */
    public static final long MAX_JSON = 100_000_000;

    static final String METADATA = "__metadata__";

    /**
     * One tensor of a file.
     *
     * @param spec of dtype {@code OPAQUE} and one dimension of bytes if the file's dtype is not known here
     * @param offset where its data start in the file
     * @param seen the tensor as its owner sees it
     */
    public record Entry(TensorSpec spec, long offset, LogicalTensor seen) {
        public long length() {
            return spec.byteLength();
        }
    }

    public SafetensorsHeader {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        tensors = List.copyOf(tensors);
    }

    /**
     * Reads and checks a file's header: that lengths match shapes and dtypes, and that the data cover the rest of the
     * file without holes or overlaps.
     *
     * @throws FormatException if any of it is not so
     * @throws UnsupportedFormatException if there is more in it than this reader takes
     */
    public static SafetensorsHeader parse(ByteSource source) throws IOException {
        return SafetensorsParser.parse(source, true);
    }

    /**
     * Lays out a file to be written: the data follow in the order given.
     *
     * @throws IllegalArgumentException if a name is used twice, is {@code __metadata__}, or a dtype has no name in the
     *     format
     */
    public static SafetensorsHeader of(List<TensorSpec> specs, Map<String, String> metadata) {
        int padded = json(specs, metadata).length;
        List<Entry> entries = new ArrayList<>();
        long offset = 8L + padded;
        for (TensorSpec spec : specs) {
            entries.add(new Entry(spec, offset, LogicalTensor.rowMajor(spec, offset)));
            offset = Math.addExact(offset, spec.byteLength());
        }
        return new SafetensorsHeader(metadata, entries, 8L + padded);
    }

    /** Whether a tensor can be called so. */
    public static boolean canName(String name) {
        return !name.equals(METADATA) && StandardCharsets.UTF_8.newEncoder().canEncode(name);
    }

    /** Whether the format has a name for a dtype. */
    public static boolean knows(Dtype dtype) {
        return SafetensorsDtypes.rank(dtype) >= 0;
    }

    /** Whether the format can hold a tensor: it has a name for its dtype, and its elements end with a byte. */
    public static boolean canHold(TensorSpec spec) {
        return knows(spec.dtype()) && SafetensorsDtypes.byteLength(spec).isPresent();
    }

    /**
     * The order in which the reference implementation writes tensors: widest dtype first, so that each is aligned,
     * then by name.
     */
    public static List<TensorSpec> inReferenceOrder(List<TensorSpec> specs) {
        List<TensorSpec> sorted = new ArrayList<>(specs);
        sorted.sort(Comparator.comparingInt((TensorSpec spec) -> SafetensorsDtypes.rank(spec.dtype()))
                .reversed()
                .thenComparing(spec -> spec.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned));
        return sorted;
    }

    /** Everything before the first tensor's data, as it stands in a file written from this header. */
    public byte[] bytes() {
        byte[] json = json(tensors.stream().map(Entry::spec).toList(), metadata);
        return ByteBuffer.allocate(8 + json.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    /** Bytes of a whole file with this header. */
    public long fileSize() {
        if (tensors.isEmpty()) {
            return dataOffset;
        }
        Entry last = tensors.get(tensors.size() - 1);
        return Math.addExact(last.offset(), last.length());
    }

    private static byte[] json(List<TensorSpec> specs, Map<String, String> metadata) {
        var out = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.enable(JsonGenerator.Feature.STRICT_DUPLICATE_DETECTION);
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (var entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            writeTensors(json, specs);
            json.writeEndObject();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (out.size() % 8 != 0) {
            out.write(' ');
        }
        return out.toByteArray();
    }

    private static void writeTensors(JsonGenerator json, List<TensorSpec> specs) throws IOException {
        long offset = 0;
        for (TensorSpec spec : specs) {
            if (spec.name().equals(METADATA)) {
                throw new IllegalArgumentException("no tensor can be named " + METADATA);
            }
            long end = Math.addExact(offset, spec.byteLength());
            json.writeObjectFieldStart(spec.name());
            json.writeStringField("dtype", SafetensorsDtypes.nameOf(spec.dtype()));
            json.writeFieldName("shape");
            writeNumbers(json, spec.shape());
            json.writeFieldName("data_offsets");
            writeNumbers(json, List.of(offset, end));
            json.writeEndObject();
            offset = end;
        }
    }

    private static void writeNumbers(JsonGenerator json, List<Long> numbers) throws IOException {
        json.writeStartArray();
        for (long number : numbers) {
            json.writeNumber(number);
        }
        json.writeEndArray();
    }
}
