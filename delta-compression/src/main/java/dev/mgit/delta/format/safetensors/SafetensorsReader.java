package dev.mgit.delta.format.safetensors;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code .safetensors} files; see {@link SafetensorsHeader}. */
public final class SafetensorsReader implements FormatReader {
    @Override
    public String name() {
        return "safetensors";
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
        return fileName.toLowerCase(Locale.ROOT).endsWith(".safetensors");
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        SafetensorsHeader header = SafetensorsParser.parse(source, false);
        var layout = new LayoutBuilder(name(), source.size());
        for (SafetensorsHeader.Entry tensor : header.tensors()) {
            layout.range(tensor.offset(), tensor.spec());
            layout.view(tensor.seen());
        }
        return Optional.of(layout.build());
    }
}
