package dev.mgit.delta.planner;

import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Tensors of the real files among the test resources. */
final class RealTensors {
    private RealTensors() {}

    /** All tensors of a file in safetensors, by name; none of them beside another. */
    static Map<String, InMemoryTensors.Child> read(String name) throws IOException {
        try (InputStream in = RealTensors.class.getResourceAsStream("/dev/mgit/delta/predictor/" + name)) {
            byte[] file = in.readAllBytes();
            Map<String, InMemoryTensors.Child> all = new TreeMap<>();
            for (SafetensorsHeader.Entry entry :
                    SafetensorsHeader.parse(new MemoryByteSource(file)).tensors()) {
                int offset = (int) entry.offset();
                byte[] bytes = Arrays.copyOfRange(
                        file, offset, offset + (int) entry.spec().byteLength());
                var spec = entry.spec();
                all.put(spec.name(), InMemoryTensors.Child.of(spec.name(), spec.dtype(), spec.shape(), bytes));
            }
            return all;
        }
    }
}
