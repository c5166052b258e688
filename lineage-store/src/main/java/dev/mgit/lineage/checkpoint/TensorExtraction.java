package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.lineage.parameters.FileRestorer;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.FolderSwitch;
import dev.mgit.lineage.repository.Journal;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;

/** Writes chosen tensors of a version as one safetensors file, whatever format they were committed in. */
final class TensorExtraction {
    static final String FILE = "tensors.safetensors";

    private final Repository repository;
    private final CopyProgress progress;
    private final int threads;

    TensorExtraction(Repository repository, CopyProgress progress, int threads) {
        this.repository = repository;
        this.progress = progress;
        this.threads = threads;
    }

    List<String> extract(CheckoutRequest request, Checkpoint checkpoint) throws IOException {
        Glob glob = request.tensors().orElseThrow();
        Map<TensorSpec, Manifest.Entry> chosen = choose(request, checkpoint, glob);
        if (chosen.isEmpty()) {
            throw MgitException.usage("no tensor of " + request.version().abbreviated() + " matches '" + glob + "'");
        }
        Path folder = request.folder().toAbsolutePath().normalize();
        Path target = folder.resolve(FILE);
        FileStat before = FileStat.of(target);
        if (before.exists() && !request.force()) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT, "'" + target + "' exists", "choose another folder or give --force");
        }
        Files.createDirectories(folder);
        try (Journal journal = repository.access().journal(folder, false)) {
            write(request, chosen, journal.staging().resolve(FILE));
            Checkouts.requireNothingSaved(
                    journal.finish(new FolderSwitch(List.of(FILE), List.of(), Map.of(FILE, before), Optional.empty())));
        }
        return List.of(FILE);
    }

    private Map<TensorSpec, Manifest.Entry> choose(CheckoutRequest request, Checkpoint checkpoint, Glob names) {
        Glob files = request.files().orElse(Glob.ALL);
        Map<TensorSpec, Manifest.Entry> chosen = new LinkedHashMap<>();
        for (FileEntry file : checkpoint.files()) {
            if (file.stored() == FileEntry.Storage.PARAMETERS && files.testPath(file.path())) {
                for (Manifest.Entry entry : repository
                        .lineage()
                        .manifest(request.version(), file.path())
                        .entries()) {
                    entry.tensor()
                            .filter(tensor -> names.test(tensor.name()))
                            .ifPresent(tensor -> chosen.putIfAbsent(tensor, entry));
                }
            }
        }
        return chosen;
    }

    private void write(CheckoutRequest request, Map<TensorSpec, Manifest.Entry> chosen, Path target)
            throws IOException {
        SafetensorsHeader header =
                SafetensorsHeader.of(SafetensorsHeader.inReferenceOrder(List.copyOf(chosen.keySet())), Map.of());
        progress.start("writing", header.fileSize());
        try (var store = repository.parameters();
                var restorer = new FileRestorer(store, threads);
                FileChannel channel =
                        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer start = ByteBuffer.wrap(header.bytes());
            while (start.hasRemaining()) {
                channel.write(start);
            }
            List<Future<Void>> pending = new ArrayList<>();
            for (SafetensorsHeader.Entry tensor : header.tensors()) {
                Manifest.Entry entry = java.util.Objects.requireNonNull(chosen.get(tensor.spec()));
                String where = request.model() + " at " + request.version().abbreviated();
                pending.addAll(restorer.restore(entry, where, channel, tensor.offset(), progress::advance));
            }
            FileRestorer.await(pending);
            channel.force(false);
        } finally {
            progress.done();
        }
    }
}
