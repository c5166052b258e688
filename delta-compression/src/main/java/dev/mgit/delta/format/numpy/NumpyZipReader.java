package dev.mgit.delta.format.numpy;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.delta.layout.SliceByteSource;
import dev.mgit.delta.layout.SourceInputStream;
import dev.mgit.delta.layout.ZipDirectory;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/** Reads {@code .npz} files: a zip archive of arrays. Those packed in a way that cannot be made again stay opaque. */
public final class NumpyZipReader implements FormatReader {
    /** Longer than the header of any array whose dtype is not a long list of fields. */
    private static final int HEAD = 1 << 12;

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
                var part = new SliceByteSource(source, entry.offset(), entry.length());
                Optional<NpyHeader> header = NpyHeader.read(array(entry), part);
                if (header.isPresent()) {
                    header.get().addTo(layout, part, entry.offset());
                }
            } else if (isArray(entry)) {
                layout.view(compressed(source, entry));
            }
        }
        return Optional.of(layout.build());
    }

    /** An array that is not there as it is: its header says what it would be. */
    private static LogicalTensor compressed(ByteSource source, ZipDirectory.Entry entry) {
        byte[] head = new byte[HEAD];
        Inflater inflater = new Inflater(true);
        List<Long> shape;
        try (var packed = new SourceInputStream(source, entry.offset(), entry.length());
                var unpacked = new InflaterInputStream(packed, inflater)) {
            int length = unpacked.readNBytes(head, 0, HEAD);
            shape = NpyHeader.shape(new MemoryByteSource(Arrays.copyOf(head, length)));
        } catch (IOException | FormatException e) {
            shape = List.of(); // encrypted, or packed in another way
        } finally {
            inflater.end();
        }
        return LogicalTensor.unreadable(array(entry), shape, entry.offset(), entry.length(), "it is compressed");
    }

    private static String array(ZipDirectory.Entry entry) {
        return entry.name().substring(0, entry.name().length() - NumpyReader.SUFFIX.length());
    }

    private static boolean isArray(ZipDirectory.Entry entry) {
        return entry.name().endsWith(NumpyReader.SUFFIX);
    }
}
