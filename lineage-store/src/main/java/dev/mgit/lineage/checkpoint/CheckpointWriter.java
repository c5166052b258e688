package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.planner.Candidates;
import dev.mgit.delta.planner.ChildTensor;
import dev.mgit.delta.planner.Planner;
import dev.mgit.lineage.git.ManifestShelf;
import dev.mgit.lineage.parameters.BlockReader;
import dev.mgit.lineage.parameters.BlockWriter;
import dev.mgit.lineage.parameters.FileWriter;
import dev.mgit.lineage.parameters.ParameterStore;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.VersionId;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Puts the files of one checkpoint into the store. */
final class CheckpointWriter {
    private final Lineage lineage;
    private final ParameterStore store;
    private final Path scratch;
    private final StoreSettings settings;
    private final CopyProgress progress;

    /** @param scratch a folder for what memory is too small for */
    CheckpointWriter(
            Lineage lineage, ParameterStore store, Path scratch, StoreSettings settings, CopyProgress progress) {
        this.scratch = scratch;
        this.lineage = lineage;
        this.store = store;
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * Stores all blocks durably.
     *
     * @param previous the version that the new one replaces
     * @param origins the versions it was derived from
     * @param tolerance what may be lost
     */
    StoredCheckpoint write(
            CheckpointFiles files, Optional<VersionId> previous, List<VersionId> origins, LossTolerance tolerance)
            throws IOException {
        var manifests = new ManifestShelf(scratch);
        int tensorCount = 0;
        List<LossReport.FileLoss> losses = new ArrayList<>();
        Map<String, byte[]> verbatim = new LinkedHashMap<>();
        List<FileEntry> entries = new ArrayList<>();
        try (var reader = new BlockReader(store);
                var blocks = new BlockWriter(store, reader, settings.effort(), settings.maxDepth())) {
            var tensors = new ParentTensors(lineage, store, reader);
            Candidates candidates = tensors.candidates(previous, origins);
            TensorPlans plans = new TensorPlans(new Planner(blocks::estimate), candidates);
            progress.start("storing", files.largeBytes());
            try (var writer = new FileWriter(blocks, settings.threads())) {
                for (CheckpointFiles.Large file : files.large()) {
                    Manifest manifest = write(writer, file, plans, tolerance);
                    if (!tolerance.isExact()) {
                        manifest =
                                check(file, manifest, new LossCheck(store, reader, blocks, tolerance.bound()), losses);
                    }
                    tensors.addStored(candidates, manifest);
                    tensorCount += manifest.tensors().size();
                    manifests.put(file.entry().path(), manifest);
                    entries.add(entry(file.entry(), FileEntry.Storage.PARAMETERS));
                }
            } finally {
                progress.done();
            }
            for (CheckpointFiles.Entry file : files.verbatim()) {
                verbatim.put(file.path(), file.bytes());
                entries.add(entry(file, FileEntry.Storage.VERBATIM));
            }
            store.flush();
            entries.sort(Comparator.comparing(FileEntry::path));
            return new StoredCheckpoint(
                    entries,
                    files.folders(),
                    verbatim,
                    manifests,
                    tensorCount,
                    files.ignored(),
                    blocks.newBytes(),
                    blocks.healedBytes(),
                    blocks.storedBytes(),
                    plans.time().minus(tensors.reading()),
                    tensors.reading(),
                    losses.isEmpty() ? Optional.empty() : Optional.of(new LossReport(tolerance.bound(), losses)));
        }
    }

    private static Manifest check(
            CheckpointFiles.Large file, Manifest manifest, LossCheck check, List<LossReport.FileLoss> losses)
            throws IOException {
        try (FileByteSource source = file.entry().open()) {
            LossCheck.Checked checked =
                    check.check(file.entry().path(), file.layout().content(source), manifest);
            file.entry().requireUnchanged(manifest.sha256());
            if (checked.loss().tensors().isEmpty()) {
                return manifest;
            }
            losses.add(checked.loss());
            return checked.manifest();
        }
    }

    private Manifest write(FileWriter writer, CheckpointFiles.Large file, TensorPlans plans, LossTolerance tolerance)
            throws IOException {
        try (FileByteSource source = file.entry().open()) {
            Layout layout = file.layout();
            var tensors = new FileTensors(layout, layout.content(source));
            String format = layout.format();
            Manifest manifest = writer.write(
                    source,
                    layout,
                    range -> {
                        ChildTensor tensor = tensors.of(range);
                        return tolerance.applied(format, tensor.spec(), plans.of(tensor));
                    },
                    plans.opaque(),
                    progress::advance);
            file.entry().requireUnchanged(manifest.sha256());
            if (!file.entry().settled() && !manifest.packing().isEmpty()) {
                file.entry().require(Formats.packing(source).equals(manifest.packing()));
            }
            return manifest;
        } catch (EOFException e) {
            file.entry().require(false); // it shrank
            throw e;
        }
    }

    private static FileEntry entry(CheckpointFiles.Entry file, FileEntry.Storage stored) {
        return new FileEntry(file.path(), file.size(), file.executable(), stored);
    }
}
