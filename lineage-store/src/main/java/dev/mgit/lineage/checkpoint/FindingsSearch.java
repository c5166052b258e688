package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.format.FileKind;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.lineage.completeness.CheckpointContents;
import dev.mgit.lineage.completeness.Completeness;
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
    private final Path root;
    private final FolderScan scan;
    private final Map<String, String> opaque = new TreeMap<>();
    private final TreeMap<String, CheckpointContents.File> files = new TreeMap<>();

    FindingsSearch(Path root, FolderScan scan) {
        this.root = root;
        this.scan = scan;
    }

    /** @throws dev.mgit.delta.MgitException if the file is damaged */
    Formats.FileLayout read(CheckpointFiles.Entry entry) throws IOException {
        try (FileByteSource source = FileByteSource.open(entry.file())) {
            Formats.FileLayout reading = Formats.read(entry.file(), source);
            note(entry.path(), entry.file(), source, reading);
            return reading;
        }
    }

    /** A file that is in the store already, and would lie at some place. */
    void kept(String path, Path place, Manifest manifest, ByteSource content) throws IOException {
        boolean packed = !manifest.packing().isEmpty();
        note(
                path,
                place,
                content,
                packed ? new Formats.FileLayout(manifest.layout(), Optional.empty()) : Formats.read(path, content));
    }

    private void note(String path, Path place, ByteSource source, Formats.FileLayout reading) throws IOException {
        files.put(path, new CheckpointContents.File(path, place, source.size(), reading.layout()));
        if (reading.isOpaque()) {
            String name = path.substring(path.lastIndexOf('/') + 1);
            FileKind kind = FileKind.of(name, source);
            if (reading.limit().isPresent() || kind.isModel()) {
                opaque.put(path, reading.limit().orElse(kind.what()));
            }
        }
    }

    Findings findings() throws IOException {
        List<String> missing = new ArrayList<>();
        scan.gone().forEach(path -> missing.add(path + " is a link to a blob missing from the cache"));
        missing.addAll(Completeness.missing(new CheckpointContents(root, files, scan.ignored())));
        return new Findings(opaque, missing);
    }
}
