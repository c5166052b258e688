package dev.mgit.delta.format.flax;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Reads what {@code flax.serialization.to_bytes} writes, such as {@code flax_model.msgpack}. See {@link FlaxState}. */
public final class FlaxReader implements FormatReader {
    @Override
    public String name() {
        return "flax";
    }

    @Override
    public boolean checksumsTensors() {
        return false;
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".msgpack");
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        if (!beginsWithMap(source)) {
            return Optional.empty();
        }
        var layout = new LayoutBuilder(name(), source.size());
        boolean whole = new FlaxState(source, layout).read();
        Layout read = layout.build();
        return whole && !read.tensors().isEmpty() ? Optional.of(read) : Optional.empty();
    }

    private static boolean beginsWithMap(ByteSource source) throws IOException {
        byte[] first = new byte[1];
        if (source.size() == 0) {
            return false;
        }
        source.read(0, first, 0, 1);
        int code = first[0] & 0xff;
        return (code > 0x80 && code < 0x90) || code == 0xde || code == 0xdf;
    }
}
