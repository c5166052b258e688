package dev.mgit.delta.format;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.ContentDefinedChunks;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.Layout.Range;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Claims everything: one range nothing is known about, to be cut by {@link ContentDefinedChunks}. */
final class OpaqueReader implements FormatReader {
    @Override
    public String name() {
        return Formats.OPAQUE;
    }

    @Override
    public boolean checksumsTensors() {
        return true; // for all that is known
    }

    @Override
    public boolean isExport() {
        return false;
    }

    @Override
    public boolean ownsName(String fileName) {
        return false;
    }

    @Override
    public Optional<Layout> read(String fileName, ByteSource source) throws IOException {
        long size = source.size();
        List<Range> ranges = size == 0 ? List.of() : List.of(new Range(0, size, Optional.empty()));
        return Optional.of(new Layout(name(), ranges));
    }
}
