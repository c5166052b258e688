package dev.mgit.lineage.detect;

import dev.mgit.delta.Dtype;
import dev.mgit.lineage.repository.DurableFiles;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * A sketch in a file. Big-endian: the eight bytes {@code MGITSKCH}, format number (4 bytes), CRC-32C of the rest (4),
 * then the fields of {@link ModelSketch} and of each {@link TensorSketch} in order; strings and arrays stand after their
 * count (4 bytes), dtypes as {@link Dtype#code()}, truths as bits of one byte. Derived data: a file that is missing, damaged or of another format is
 * made anew, never repaired.
 */
final class SketchFile {
    private static final byte[] MAGIC = "MGITSKCH".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 4;
    private static final String BETWEEN_FORMATS = "+";
    private static final int HEADER = MAGIC.length + 2 * Integer.BYTES;
    private static final long LARGEST = 1 << 28;
    private static final int SCALED = 1;
    private static final int PART = 2;
    private static final int MAX_SAMPLES = SamplePositions.GRID * SamplePositions.GRID;

    private SketchFile() {}

    static void write(Path file, ModelSketch sketch) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        DurableFiles.replace(file, encode(sketch));
    }

    /** Empty if there is no whole, sound file of this format. */
    static Optional<ModelSketch> read(Path file) {
        try {
            return Files.size(file) > LARGEST ? Optional.empty() : decode(Files.readAllBytes(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static byte[] encode(ModelSketch sketch) {
        String formats = String.join(BETWEEN_FORMATS, sketch.formats());
        int size = HEADER + 64 + 4 * sketch.keys().length + text(formats);
        MetadataClaims claims = sketch.claims();
        size += text(claims.loadedFrom()) + text(claims.relation()) + text(claims.architecture());
        for (String text : claims.bases()) {
            size += text(text);
        }
        for (String text : claims.runs()) {
            size += text(text);
        }
        for (TensorSketch tensor : sketch.tensors()) {
            size += 72 + text(tensor.name()) + 4 * tensor.values().length;
        }
        ByteBuffer out = ByteBuffer.allocate(size);
        out.put(MAGIC).putInt(FORMAT).putInt(0);
        put(out, formats);
        put(out, claims.bases());
        put(out, claims.loadedFrom());
        put(out, claims.relation());
        put(out, claims.architecture());
        out.put((byte) (claims.adapter() ? 1 : 0)).putLong(claims.step());
        put(out, claims.runs());
        out.putInt(sketch.keys().length);
        Arrays.stream(sketch.keys()).forEach(out::putInt);
        out.putInt(sketch.tensors().size());
        sketch.tensors().forEach(tensor -> put(out, tensor));
        byte[] bytes = Arrays.copyOf(out.array(), out.position());
        ByteBuffer.wrap(bytes).putInt(MAGIC.length + Integer.BYTES, checksum(bytes));
        return bytes;
    }

    private static int text(String text) {
        return Integer.BYTES + 3 * text.length();
    }

    private static void put(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.putInt(bytes.length).put(bytes);
    }

    private static void put(ByteBuffer out, List<String> texts) {
        out.putInt(texts.size());
        texts.forEach(text -> put(out, text));
    }

    private static void put(ByteBuffer out, TensorSketch tensor) {
        put(out, tensor.name());
        out.put((byte) tensor.dtype().code()).put((byte) ((tensor.scaled() ? SCALED : 0) | (tensor.part() ? PART : 0)));
        out.putLong(tensor.rows()).putLong(tensor.columns()).putLong(tensor.depth());
        out.putInt(tensor.layout()).putLong(tensor.digest());
        out.putShort((short) tensor.sampleRows()).putShort((short) tensor.sampleColumns());
        out.putDouble(tensor.square()).putDouble(tensor.fourth());
        for (float value : tensor.values()) {
            out.putFloat(value);
        }
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, HEADER, bytes.length - HEADER);
        return (int) crc.getValue();
    }

    static Optional<ModelSketch> decode(byte[] bytes) {
        if (bytes.length < HEADER || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).position(MAGIC.length);
        if (in.getInt() != FORMAT || in.getInt() != checksum(bytes)) {
            return Optional.empty();
        }
        try {
            List<String> formats = List.of(string(in).split(Pattern.quote(BETWEEN_FORMATS)));
            MetadataClaims claims = new MetadataClaims(
                    strings(in), string(in), string(in), string(in), in.get() == 1, in.getLong(), strings(in));
            int[] keys = new int[count(in, Integer.BYTES)];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = in.getInt();
            }
            List<TensorSketch> tensors = new ArrayList<>();
            for (int left = count(in, 58); left > 0; left--) {
                tensors.add(tensor(in));
            }
            return in.hasRemaining() ? Optional.empty() : Optional.of(new ModelSketch(formats, claims, tensors, keys));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static TensorSketch tensor(ByteBuffer in) {
        String name = string(in);
        Dtype dtype = Dtype.byCode(in.get() & 0xff).orElseThrow(() -> new IllegalArgumentException("unknown dtype"));
        int flags = in.get();
        long rows = in.getLong();
        long columns = in.getLong();
        long depth = in.getLong();
        int layout = in.getInt();
        long digest = in.getLong();
        int sampleRows = in.getShort();
        int sampleColumns = in.getShort();
        double square = in.getDouble();
        double fourth = in.getDouble();
        boolean sound = rows >= 0 && columns >= 0 && depth >= 0 && sampleRows >= 0 && sampleColumns >= 0;
        if (!sound || sampleRows * sampleColumns > MAX_SAMPLES) {
            throw new IllegalArgumentException("impossible sizes");
        }
        float[] values = new float[sampleRows * sampleColumns];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.getFloat();
        }
        return new TensorSketch(
                name,
                dtype,
                rows,
                columns,
                depth,
                layout,
                digest,
                sampleRows,
                sampleColumns,
                values,
                square,
                fourth,
                (flags & SCALED) != 0,
                (flags & PART) != 0);
    }

    private static int count(ByteBuffer in, int elementBytes) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / elementBytes) {
            throw new IllegalArgumentException("count " + count + " exceeds the file");
        }
        return count;
    }

    private static List<String> strings(ByteBuffer in) {
        List<String> strings = new ArrayList<>();
        for (int left = count(in, Integer.BYTES); left > 0; left--) {
            strings.add(string(in));
        }
        return strings;
    }

    private static String string(ByteBuffer in) {
        byte[] bytes = new byte[count(in, 1)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
