package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.format.FileKind;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.lineage.completeness.CheckpointContents;
import dev.mgit.lineage.completeness.Completeness;
import dev.mgit.lineage.completeness.KeptLayout;
import dev.mgit.lineage.version.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the files of a checkpoint and notices what {@link Findings} tell. */
final class FindingsSearch {
    /** Ranges and tensors whose layouts are kept, of some hundred bytes each; those of further files are read again. */
    private static final int MOST = 50_000;

    private final Path root;
    private final FolderScan scan;
    private final Map<String, String> opaque = new TreeMap<>();
    private final TreeMap<String, CheckpointContents.File> files = new TreeMap<>();
    private int held;

    FindingsSearch(Path root, FolderScan scan) {
        this.root = root;
        this.scan = scan;
    }

    /** @throws dev.mgit.delta.MgitException if the file is damaged */
    KeptLayout read(CheckpointFiles.Entry entry) throws IOException {
        try (FileByteSource source = FileByteSource.open(entry.file())) {
            Formats.FileLayout reading = Formats.read(entry.file(), source);
            return note(entry.path(), entry.file(), source, reading, () -> {
                try (FileByteSource again = entry.open()) {
                    return Formats.layoutOf(entry.file(), again);
                }
            });
        }
    }

    /** A file that is in the store already, and would lie at some place. */
    void kept(String path, Path place, Manifest manifest, ByteSource content) throws IOException {
        boolean packed = !manifest.packing().isEmpty();
        Formats.FileLayout reading =
                packed ? new Formats.FileLayout(manifest.layout(), Optional.empty()) : Formats.read(path, content);
        note(path, place, content, reading, reading::layout);
    }

    private KeptLayout note(
            String path, Path place, ByteSource source, Formats.FileLayout reading, KeptLayout.Reading again)
            throws IOException {
        int size = reading.layout().ranges().size() + reading.layout().tensors().size();
        boolean kept = held + size <= MOST;
        held += kept ? size : 0;
        KeptLayout layout = kept ? KeptLayout.of(reading.layout()) : KeptLayout.readAgain(reading.layout(), again);
        files.put(path, new CheckpointContents.File(path, place, source.size(), layout));
        if (reading.isOpaque()) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            FileKind kind = FileKind.of(name, source);
            if (reading.limit().isPresent() || kind.isModel()) {
                opaque.put(path, reading.limit().orElse(kind.what()));
            }
        }
        return layout;
    }

    Findings findings() throws IOException {
        List<String> missing = new ArrayList<>();
        scan.gone().forEach(path -> missing.add(path + " is a link to a blob missing from the cache"));
        missing.addAll(Completeness.missing(new CheckpointContents(root, files, scan.ignored())));
        return new Findings(opaque, missing);
    }
}
