package dev.mgit.delta.format;

import dev.mgit.delta.format.Formats.FileLayout;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.DeflateWrapper;
import dev.mgit.delta.layout.FormatReader;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what gzip or zlib packed as a whole, joblib's compressed files among them: another format within. What is packed
 * in a way that nobody here can make again is kept as it is.
 */
final class DeflatedReader implements FormatReader {
    /** First four bytes, the first one lowest, of what else packs whole files. */
    private static final Map<Long, String> OTHERS =
            Map.of(0x587a_37fdL, "xz", 0x184d_2204L, "LZ4", 0xfd2f_b528L, "zstd");

    private static final long BZIP2 = 0x68_5a42L;
    private static final int LZMA = 0x5d;
    private static final int LZMA_HEADER = 13;

    @Override
    public String name() {
        return "deflated";
    }

    @Override
    public boolean checksumsTensors() {
        return true; // it ends with a checksum of what is in it
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
    public Optional<Layout> read(String fileName, ByteSource content) throws IOException {
        Optional<DeflateWrapper> wrapper = DeflateWrapper.of(content);
        if (wrapper.isEmpty()) {
            refuseOthers(content);
            return Optional.empty();
        }
        Optional<ByteSource> part = wrapper.get().within(content);
        if (part.isEmpty()) {
            if (wrapper.get().kind() == DeflateWrapper.Kind.GZIP) {
                throw new UnsupportedFormatException("it is compressed in a way that mgit cannot make again");
            }
            return Optional.empty(); // two bytes promise little
        }
        FileLayout within = Formats.readContent(fileName.replaceFirst("(?i)\\.(gz|z)$", ""), part.get());
        if (within.isOpaque()) {
            within.limit().ifPresent(limit -> {
                throw new UnsupportedFormatException(limit);
            });
            return Optional.empty();
        }
        var layout = new LayoutBuilder(name(), content.size());
        layout.embed(within.layout(), wrapper.get().header(), name -> name);
        return Optional.of(layout.build());
    }

    private static void refuseOthers(ByteSource content) throws IOException {
        if (content.size() < LZMA_HEADER) {
            return;
        }
        var in = new Cursor(content);
        long start = in.u32();
        in.skip(1);
        boolean lzma = (start & 0xff_ffff) == LZMA && in.i64() == -1; // of unknown length, as Python writes it
        String other = lzma ? "LZMA" : (start & 0xff_ffff) == BZIP2 ? "bzip2" : OTHERS.get(start);
        if (other != null) {
            throw new UnsupportedFormatException("it is compressed with " + other);
        }
    }
}
