package dev.mgit.lineage.tensorindex;

import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Lineage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which tensors each version has, by the first digits of their hashes and by shape, in a file beside Git, so that a
 * search need not read every manifest. Versions never change, so the file only grows: a search adds the versions it
 * does not have. Never the truth: it says which manifests are worth reading; what is damaged is cut off and made anew,
 * and a file that cannot be written is done without.
 */
public final class TensorIndex {
    private final Optional<Path> file;

    /** @param file where to keep it; its folder is made if needed */
    public TensorIndex(Path file) {
        this.file = Optional.of(file);
    }

    private TensorIndex() {
        this.file = Optional.empty();
    }

    /** No index: every manifest is read. */
    public static TensorIndex none() {
        return new TensorIndex();
    }

    /** Numbers of the versions of a graph that may have a tensor like the one wanted; all others have none. */
    public BitSet worthReading(LineageGraph graph, Lineage lineage, TensorCondition wanted) {
        BitSet present = new BitSet(graph.size());
        for (int node = 0; node < graph.size(); node++) {
            present.set(node, graph.data.absent[node] == 0);
        }
        if (file.isEmpty()
                || (wanted.hash().isEmpty()
                        && wanted.shape().isEmpty()
                        && wanted.dtype().isEmpty())) {
            return present;
        }
        TensorIndexScan scan = new TensorIndexScan(graph, wanted);
        long end = 0;
        try (FileChannel channel = FileChannel.open(file.get(), StandardOpenOption.READ)) {
            end = scan.read(channel);
        } catch (NoSuchFileException e) {
            // made below
        } catch (IOException e) {
            return present;
        }
        present.andNot(scan.known());
        if (!present.isEmpty()) {
            extend(scan, present, lineage, end);
        }
        return scan.hits();
    }

    private void extend(TensorIndexScan scan, BitSet missing, Lineage lineage, long end) {
        Path path = file.orElseThrow();
        try {
            Files.createDirectories(path.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(
                            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    FileLock lock = lock(channel)) {
                // Somebody else may be adding, or have added since: then what is found is only for this search.
                boolean ours = lock != null && channel.size() >= end && scan.sawAll(channel.size());
                TensorIndexWriter writer = ours ? TensorIndexWriter.to(channel, end) : TensorIndexWriter.nowhere();
                add(scan, missing, lineage, writer);
                return;
            }
        } catch (IOException e) {
            // done without: a full disk or a repository one may only read is no reason not to answer
        }
        BitSet left = (BitSet) missing.clone();
        left.andNot(scan.known());
        try {
            add(scan, left, lineage, TensorIndexWriter.nowhere());
        } catch (IOException e) {
            throw new IllegalStateException("nothing was to be written", e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static void add(TensorIndexScan scan, BitSet missing, Lineage lineage, TensorIndexWriter writer)
            throws IOException {
        for (int node = missing.nextSetBit(0); node >= 0; node = missing.nextSetBit(node + 1)) {
            List<TensorLocation> tensors = TensorLocation.of(lineage, scan.id(node));
            scan.add(node, tensors, writer);
        }
        writer.flush();
    }
}
