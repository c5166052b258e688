package dev.mgit.delta.format.numpy;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code .npy} files: one array, named as the file. See {@link NpyHeader}. */
public final class NumpyReader implements FormatReader {
    static final String SUFFIX = ".npy";

    @Override
    public String name() {
        return "npy";
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
        return fileName.toLowerCase(Locale.ROOT).endsWith(SUFFIX);
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        String array = ownsName(fileName) ? fileName.substring(0, fileName.length() - SUFFIX.length()) : fileName;
        Optional<NpyHeader> header = NpyHeader.read(array, source);
        if (header.isEmpty()) {
            return notThis(fileName, "\\x93NUMPY");
        }
        var layout = new LayoutBuilder(name(), source.size());
        header.get().addTo(layout, source, 0);
        return Optional.of(layout.build());
    }
}
