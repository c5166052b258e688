package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.lineage.checkpoint.ChosenTensors.Chosen;
import dev.mgit.lineage.git.DurableNames;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.FileRestorer;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.FolderSwitch;
import dev.mgit.lineage.repository.Journal;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Writes chosen tensors of a version as one safetensors file, whatever format they were committed in: each as the
 * library that wrote it loads it.
 */
final class TensorExtraction {
    static final String FILE = "tensors.safetensors";

    /** Bytes put together at a time of a tensor that does not lie in one piece. */
    private static final int CHUNK = 1 << 24;

    private final Repository repository;
    private final CopyProgress progress;
    private final int threads;
    private final Map<String, Manifest> manifests = new HashMap<>();
    /** By path and place: the ranges that are tensors. */
    private final Map<String, Map<Long, Manifest.Entry>> ranges = new HashMap<>();

    TensorExtraction(Repository repository, CopyProgress progress, int threads) {
        this.repository = repository;
        this.progress = progress;
        this.threads = threads;
    }

    List<String> extract(CheckoutRequest request) throws IOException {
        Map<TensorSpec, Chosen> chosen = ChosenTensors.of(repository.lineage(), request);
        SafetensorsHeader header =
                SafetensorsHeader.of(SafetensorsHeader.inReferenceOrder(List.copyOf(chosen.keySet())), Map.of());
        if (header.dataOffset() - Long.BYTES > SafetensorsHeader.MAX_JSON) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the names and shapes of " + chosen.size() + " tensors take " + (header.dataOffset() - Long.BYTES)
                            + " bytes, and the header of a safetensors file " + SafetensorsHeader.MAX_JSON + " at most",
                    "take out fewer tensors");
        }
        Path folder = request.folder().toAbsolutePath().normalize();
        Path target = folder.resolve(FILE);
        FileStat before = FileStat.of(target);
        if (before.exists() && !request.force()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT, "'" + target + "' exists", "choose another folder or give --force");
        }
        DurableNames.createFolders(folder);
        requireSpace(folder, header.fileSize());
        try (Journal journal = repository.access().journal(folder, false)) {
            write(request, header, chosen, journal.staging().resolve(FILE));
            Checkouts.requireNothingSaved(
                    journal.finish(new FolderSwitch(List.of(FILE), List.of(), Map.of(FILE, before), Optional.empty())));
        }
        return List.of(FILE);
    }

    /** A view may repeat its elements: what is taken out can be larger than the model by far. */
    private static void requireSpace(Path folder, long size) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (size > free) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the tensors take " + size + " bytes, and '" + folder + "' has room for " + free,
                    "take out fewer tensors, or choose a folder on another disk");
        }
    }

    private void write(CheckoutRequest request, SafetensorsHeader header, Map<TensorSpec, Chosen> chosen, Path target)
            throws IOException {
        progress.start("writing", header.fileSize());
        try (var store = repository.parameters(() -> needed(request, chosen.values()));
                var reader = new BlockReader(store);
                var restorer = new FileRestorer(store, threads);
                FileChannel channel =
                        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] start = header.bytes();
            write(channel, 0, start, start.length);
            var bytes = new ObjectReader.Store(store, reader);
            String where = request.model() + " at " + request.version().abbreviated();
            List<Future<Void>> pending = new ArrayList<>();
            for (SafetensorsHeader.Entry place : header.tensors()) {
                TensorLocation tensor =
                        Objects.requireNonNull(chosen.get(place.spec())).tensor();
                Manifest manifest = manifests.computeIfAbsent(
                        tensor.path(), path -> repository.lineage().manifest(request.version(), path));
                Optional<Manifest.Entry> range = range(tensor, manifest);
                if (range.isPresent()) {
                    pending.addAll(restorer.restore(range.get(), where, channel, place.offset(), progress::advance));
                } else {
                    gather(ObjectReader.tensor(bytes, manifest, tensor.seen()), channel, place.offset());
                }
            }
            FileRestorer.await(pending);
            channel.force(false);
        } finally {
            progress.done();
        }
    }

    /** The objects in which the chosen tensors lie. */
    private Map<ObjectId, Long> needed(CheckoutRequest request, Collection<Chosen> chosen) {
        Map<ObjectId, Long> objects = new LinkedHashMap<>();
        for (Chosen each : chosen) {
            TensorLocation tensor = each.tensor();
            long from = tensor.seen().offset();
            long to = from + tensor.seen().span();
            for (Manifest.Entry entry : repository
                    .lineage()
                    .manifest(request.version(), tensor.path())
                    .entries()) {
                if (entry.offset() < to && entry.offset() + entry.length() > from) {
                    objects.put(entry.object(), entry.start() + entry.length());
                }
            }
        }
        return objects;
    }

    /** The range that holds just this tensor's data as they are to be written. */
    private Optional<Manifest.Entry> range(TensorLocation tensor, Manifest manifest) {
        Manifest.Entry entry = ranges.computeIfAbsent(tensor.path(), path -> byOffset(manifest))
                .get(tensor.seen().offset());
        return Optional.ofNullable(entry)
                .filter(found -> tensor.seen().isRowMajor() && tensor.seen().span() == found.length());
    }

    private static Map<Long, Manifest.Entry> byOffset(Manifest manifest) {
        Map<Long, Manifest.Entry> byOffset = new HashMap<>();
        for (Manifest.Entry entry : manifest.entries()) {
            if (entry.length() > 0) {
                byOffset.put(entry.offset(), entry);
            }
        }
        return byOffset;
    }

    private void gather(ByteSource data, FileChannel channel, long position) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, data.size())];
        for (long at = 0; at < data.size(); at += chunk.length) {
            int length = (int) Math.min(chunk.length, data.size() - at);
            data.read(at, chunk, 0, length);
            write(channel, position + at, chunk, length);
            progress.advance(length);
        }
    }

    private static void write(FileChannel channel, long position, byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            channel.write(buffer, position + buffer.position());
        }
    }
}
