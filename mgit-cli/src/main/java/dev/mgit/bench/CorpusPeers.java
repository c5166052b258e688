package dev.mgit.bench;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.codec.ZstdFrames;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.Packing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a corpus take with others. Each stores a file that is there twice once. zstd takes files as they are;
 * BitX takes tensors: XOR with the tensor of the same name, dtype and length of the parent that mgit found, byte planes,
 * zstd -1; floats without one as byte planes alone, all else with zstd -1.
 */
final class CorpusPeers {
    private static final int BLOCK = CodedBlocks.BLOCK;
    /** That of {@code --long=27}. */
    private static final int WINDOW_LOG = 27;

    private final int[] levels;
    private final Set<String> seen = new HashSet<>();
    private final byte[] out = new byte[2 * BLOCK + 1024];
    private final ZstdFrames plain = ZstdFrames.ofLevel(1);
    private final long[] stored;
    private long unique;
    private long bitX;

    CorpusPeers(int... levels) {
        this.levels = levels;
        this.stored = new long[levels.length];
    }

    /** Bytes of all files that differ. */
    long unique() {
        return unique;
    }

    long zstd(int number) {
        return stored[number];
    }

    long bitX() {
        return bitX;
    }

    /** @param parent the file it is thought to be made from */
    void add(Path file, Optional<Path> parent) throws IOException {
        if (!seen.add(digest(file))) {
            return;
        }
        unique += Files.size(file);
        for (int i = 0; i < levels.length; i++) {
            stored[i] += ZstdFrames.sizeOf(file, levels[i], WINDOW_LOG);
        }
        bitX(file, parent.filter(path -> !path.equals(file)));
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = Hashes.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void bitX(Path file, Optional<Path> parent) throws IOException {
        try (FileByteSource source = FileByteSource.open(file);
                FileByteSource before = FileByteSource.open(parent.orElse(file))) {
            Layout layout = layout(file, source);
            Map<String, Layout.Range> known = new HashMap<>();
            if (parent.isPresent()) {
                layout(parent.get(), before)
                        .ranges()
                        .forEach(range -> range.tensor().ifPresent(tensor -> known.put(tensor.name(), range)));
            }
            for (Layout.Range range : layout.ranges()) {
                range(range, source, matching(range, known), before);
            }
        }
    }

    /** Of what is compressed already, its bytes as they are. */
    private static Layout layout(Path file, FileByteSource source) throws IOException {
        Layout layout = Formats.layoutOf(file, source);
        return layout.packing().equals(Packing.NONE) ? layout : Formats.opaque(source);
    }

    private static Layout.@Nullable Range matching(Layout.Range range, Map<String, Layout.Range> known) {
        TensorSpec tensor = range.tensor().orElse(null);
        if (tensor == null) {
            return null;
        }
        Layout.Range twin = known.get(tensor.name());
        return twin != null
                        && twin.length() == range.length()
                        && twin.tensor().orElseThrow().dtype() == tensor.dtype()
                ? twin
                : null;
    }

    private void range(Layout.Range range, FileByteSource source, Layout.@Nullable Range twin, FileByteSource before)
            throws IOException {
        boolean floats =
                range.tensor().filter(tensor -> tensor.dtype().isFloat()).isPresent();
        int width = floats ? range.tensor().orElseThrow().dtype().bytes() : 1;
        try (BytePlanes planes = BytePlanes.bitX(width)) {
            for (long at = 0; at < range.length(); at += BLOCK) {
                byte[] raw = new byte[(int) Math.min(BLOCK, range.length() - at)];
                source.read(range.offset() + at, raw, 0, raw.length);
                byte[] predicted = null;
                if (twin != null) {
                    predicted = new byte[raw.length];
                    before.read(twin.offset() + at, predicted, 0, raw.length);
                }
                int coded = floats || predicted != null
                        ? planes.encode(raw, predicted, out)
                        : plain.compress(raw, 0, raw.length, out, 0);
                bitX += Math.min(coded, raw.length);
            }
        }
    }
}
