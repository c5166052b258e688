package dev.mgit.delta.format.numpy;

import dev.mgit.delta.format.ByteSource;
import dev.mgit.delta.format.FormatReader;
import dev.mgit.delta.format.Layout;
import dev.mgit.delta.format.LayoutBuilder;
import dev.mgit.delta.format.SliceByteSource;
import dev.mgit.delta.format.ZipDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code .npz} files: a zip archive of arrays. Compressed ones stay opaque. */
public final class NumpyZipReader implements FormatReader {
    @Override
    public String name() {
        return "npz";
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
        return fileName.toLowerCase(Locale.ROOT).endsWith(".npz");
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        Optional<List<ZipDirectory.Entry>> entries = ZipDirectory.read(source);
        if (entries.isEmpty()) {
            return notThis(fileName, "a zip archive's first file");
        }
        if (entries.get().stream().noneMatch(NumpyZipReader::isArray)) {
            return Optional.empty();
        }
        var layout = new LayoutBuilder(name(), source.size());
        for (ZipDirectory.Entry entry : entries.get()) {
            if (entry.stored() && isArray(entry)) {
                String array = entry.name().substring(0, entry.name().length() - NumpyReader.SUFFIX.length());
                Optional<NpyHeader> header =
                        NpyHeader.read(array, new SliceByteSource(source, entry.offset(), entry.length()));
                header.ifPresent(found -> layout.tensor(entry.offset() + found.dataOffset(), found.spec()));
            }
        }
        return Optional.of(layout.build());
    }

    private static boolean isArray(ZipDirectory.Entry entry) {
        return entry.name().endsWith(NumpyReader.SUFFIX);
    }
}
