package dev.mgit.lineage.git;

import dev.mgit.lineage.version.Manifest;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Manifests of a version in the making, by path. A few thousand tensors are kept in memory; what comes after them is put
 * into a file, and read again whenever it is asked for. The file has no name, and goes with the process.
 */
public final class ManifestShelf extends AbstractMap<String, Manifest> implements AutoCloseable {
    /** Ranges and tensors that are kept in memory, of a few hundred bytes each. */
    private static final int MOST = 50_000;

    private final Path folder;
    private final int most;
    private final Map<String, Supplier<Manifest>> manifests = new LinkedHashMap<>();
    private int held;
    private @Nullable FileChannel file;

    /** @param folder for the file, if there is to be one */
    public ManifestShelf(Path folder) {
        this(folder, MOST);
    }

    ManifestShelf(Path folder, int most) {
        this.folder = folder;
        this.most = most;
    }

    @Override
    public Manifest put(String path, Manifest manifest) {
        int size = manifest.entries().size() + manifest.tensors().size();
        if (held + size <= most) {
            held += size;
            manifests.put(path, () -> manifest);
        } else {
            manifests.put(path, spilled(path, manifest));
        }
        return manifest;
    }

    /** Adds one that is to be had elsewhere. */
    public void putElsewhere(String path, Supplier<Manifest> manifest) {
        manifests.put(path, manifest);
    }

    private Supplier<Manifest> spilled(String path, Manifest manifest) {
        try {
            FileChannel channel = file();
            long begin = channel.size();
            ManifestRecord record = ManifestRecord.of(manifest);
            channel.position(begin);
            // Closes what compresses, not the file.
            OutputStream behind = new BufferedOutputStream(Channels.newOutputStream(channel));
            var compressed = new GZIPOutputStream(behind);
            var out = new DataOutputStream(new BufferedOutputStream(compressed));
            write(out, record.head());
            out.writeInt(record.parts().size());
            for (Entry<String, byte[]> part : record.parts().entrySet()) {
                out.writeUTF(part.getKey());
                write(out, part.getValue());
            }
            out.flush();
            compressed.finish();
            behind.flush();
            int length = Math.toIntExact(channel.size() - begin);
            return () -> read(path, begin, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FileChannel file() throws IOException {
        FileChannel channel = file;
        if (channel == null) {
            // Named as what the next writer removes, should the process die between making and unlinking it.
            channel = FileChannel.open(
                    folder.resolve("manifests-" + UUID.randomUUID() + ".new"),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
            file = channel;
        }
        return channel;
    }

    private Manifest read(String path, long begin, int length) {
        try {
            var stored = ByteBuffer.allocate(length);
            while (stored.hasRemaining() && file().read(stored, begin + stored.position()) >= 0) {
                // until all is there
            }
            var in = new DataInputStream(
                    new BufferedInputStream(new GZIPInputStream(new ByteArrayInputStream(stored.array()))));
            byte[] head = read(in);
            Map<String, byte[]> parts = new HashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                parts.put(in.readUTF(), read(in));
            }
            return ManifestRecord.read(path, head, part -> Objects.requireNonNull(parts.get(part), part));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] read(DataInputStream in) throws IOException {
        return in.readNBytes(in.readInt());
    }

    @Override
    public @Nullable Manifest get(@Nullable Object path) {
        Supplier<Manifest> found = manifests.get(path);
        return found == null ? null : found.get();
    }

    @Override
    public boolean containsKey(@Nullable Object path) {
        return manifests.containsKey(path);
    }

    @Override
    public Set<String> keySet() {
        return Collections.unmodifiableSet(manifests.keySet());
    }

    /** One manifest at a time is in memory while these are gone through. */
    @Override
    public Set<Entry<String, Manifest>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<String, Manifest>> iterator() {
                Iterator<Entry<String, Supplier<Manifest>>> all =
                        manifests.entrySet().iterator();
                return new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return all.hasNext();
                    }

                    @Override
                    public Entry<String, Manifest> next() {
                        Entry<String, Supplier<Manifest>> next = all.next();
                        return Map.entry(next.getKey(), next.getValue().get());
                    }
                };
            }

            @Override
            public int size() {
                return manifests.size();
            }
        };
    }

    /** Lets go of the file; nothing may be read afterwards. */
    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
