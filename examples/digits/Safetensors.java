package digits;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The safetensors format: eight bytes of header length, a JSON header, the tensors' bytes. */
final class Safetensors {
    private static final Pattern ENTRY = Pattern.compile("\"([^\"]+)\":\\{\"dtype\":\"(F32|I8)\","
            + "\"shape\":\\[([0-9,]*)\\],\"data_offsets\":\\[(\\d+),(\\d+)\\]\\}");

    private Safetensors() {}

    static void write(Path file, Map<String, Tensor> tensors) throws IOException {
        List<Map.Entry<String, Tensor>> order = new ArrayList<>(tensors.entrySet());
        // The widest dtype first keeps every tensor aligned.
        order.sort(Comparator.comparing(
                        (Map.Entry<String, Tensor> entry) -> entry.getValue().dtype())
                .thenComparing(Map.Entry::getKey));
        StringBuilder header = new StringBuilder("{");
        int offset = 0;
        for (Map.Entry<String, Tensor> entry : order) {
            Tensor tensor = entry.getValue();
            header.append(header.length() > 1 ? "," : "")
                    .append('"')
                    .append(entry.getKey())
                    .append("\":{\"dtype\":\"")
                    .append(tensor.dtype())
                    .append("\",\"shape\":")
                    .append(Arrays.toString(tensor.shape()).replace(" ", ""))
                    .append(",\"data_offsets\":[")
                    .append(offset)
                    .append(',');
            offset += tensor.bytes();
            header.append(offset).append("]}");
        }
        header.append('}');
        while (header.length() % 8 != 0) {
            header.append(' ');
        }
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + offset).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length()).put(header.toString().getBytes(StandardCharsets.UTF_8));
        order.forEach(entry -> put(entry.getValue(), bytes));
        Files.write(file, bytes.array());
    }

    private static void put(Tensor tensor, ByteBuffer bytes) {
        for (float value : tensor.values()) {
            if (tensor.dtype().equals("F32")) {
                bytes.putFloat(value);
            } else {
                bytes.put((byte) value);
            }
        }
    }

    static Map<String, Tensor> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new Refusal(file + " does not exist");
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        long length = bytes.remaining() < 8 ? -1 : bytes.getLong();
        if (length < 0 || length > bytes.remaining()) {
            throw new Refusal(file + " is not a safetensors file");
        }
        ByteBuffer data = bytes.slice(8 + (int) length, bytes.capacity() - 8 - (int) length)
                .order(ByteOrder.LITTLE_ENDIAN);
        String header = new String(bytes.array(), 8, (int) length, StandardCharsets.UTF_8).replace(" ", "");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Matcher entry = ENTRY.matcher(header); entry.find(); ) {
            int[] shape = Arrays.stream(entry.group(3).split(","))
                    .filter(size -> !size.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            Tensor tensor = new Tensor(entry.group(2), shape);
            long from = Long.parseLong(entry.group(4));
            long to = Long.parseLong(entry.group(5));
            if (to > data.capacity() || to - from != tensor.bytes()) {
                throw new Refusal(file + " is cut off or damaged at " + entry.group(1));
            }
            data.position((int) from);
            for (int i = 0; i < tensor.values().length; i++) {
                tensor.values()[i] = tensor.dtype().equals("F32") ? data.getFloat() : data.get();
            }
            tensors.put(entry.group(1), tensor);
        }
        return tensors;
    }
}
