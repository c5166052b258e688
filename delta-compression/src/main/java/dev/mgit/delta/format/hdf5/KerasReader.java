package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.SliceByteSource;
import dev.mgit.delta.layout.UnsupportedFormatException;
import dev.mgit.delta.layout.ZipDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code .keras} files of Keras 3: a zip archive of {@code model.weights.h5} and the model's settings. */
public final class KerasReader implements FormatReader {
    private static final String WEIGHTS = "model.weights.h5";

    @Override
    public String name() {
        return "keras";
    }

    @Override
    public boolean checksumsTensors() {
        return true; // every entry of the zip archive has its CRC-32
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".keras");
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        Optional<List<ZipDirectory.Entry>> entries = ZipDirectory.read(source);
        Optional<ZipDirectory.Entry> weights = entries.orElse(List.of()).stream()
                .filter(entry -> entry.name().equals(WEIGHTS))
                .findFirst();
        if (weights.isEmpty()) {
            return Optional.empty();
        }
        if (!weights.get().stored()) {
            throw new UnsupportedFormatException("its " + WEIGHTS + " is compressed");
        }
        long offset = weights.get().offset();
        var part = new SliceByteSource(source, offset, weights.get().length());
        Optional<Layout> inner = new Hdf5Reader().read(WEIGHTS, part);
        if (inner.isEmpty()) {
            throw new UnsupportedFormatException("its " + WEIGHTS + " is not HDF5");
        }
        var layout = new LayoutBuilder(name(), source.size());
        layout.embed(inner.get(), offset, name -> name);
        return Optional.of(layout.build());
    }
}
