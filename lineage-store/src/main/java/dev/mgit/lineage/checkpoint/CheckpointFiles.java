package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.format.Formats;
import dev.mgit.delta.format.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files of a checkpoint, every header read and found sound before anything is stored.
 *
 * @param verbatim small files, kept in Git as they are
 * @param large files whose bytes go to the parameter store
 */
record CheckpointFiles(List<Entry> verbatim, List<Large> large, List<String> ignored, Findings findings) {
    /** Files below this size that hold no tensors are kept in Git, where people can read and compare them. */
    private static final long LARGE = 1 << 20;

    /** One file on disk. */
    record Entry(String path, Path file, long size, CheckoutState.Fingerprint fingerprint) {
        boolean executable() {
            return Files.isExecutable(file);
        }

        /** @throws MgitException of kind FAILED if the file is not what it was when it was first looked at */
        void requireUnchanged() throws IOException {
            if (!fingerprint.matches(file)) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "'" + path + "' changed while it was being read",
                        "commit again once nothing writes to it");
            }
        }
    }

    /** A large file and its layout. */
    record Large(Entry entry, Layout layout) {}

    /**
     * Scans a path. A file that was named is taken whatever it holds, a folder if there are weights in it.
     *
     * @throws MgitException if it holds no weights, or a file that is damaged or cannot be stored
     */
    static CheckpointFiles read(Path path) throws IOException {
        FolderScan scan = FolderScan.of(path);
        List<Entry> verbatim = new ArrayList<>();
        List<Large> large = new ArrayList<>();
        var look = new FindingsSearch(path, scan);
        for (Map.Entry<String, Path> file : scan.files().entrySet()) {
            var print = CheckoutState.Fingerprint.of(file.getValue());
            var entry = new Entry(file.getKey(), file.getValue(), print.size(), print);
            Formats.Reading reading = look.read(entry);
            if (!reading.isOpaque() || entry.size() >= LARGE) {
                large.add(new Large(entry, reading.layout()));
            } else {
                verbatim.add(entry);
            }
        }
        Findings findings = look.findings();
        if (large.isEmpty() && findings.opaque().isEmpty() && Files.isDirectory(path)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there are no weights in '" + path + "'"
                            + (findings.missing().isEmpty() ? "" : ": " + String.join("; ", findings.missing())),
                    "give the folder or file that holds the checkpoint (.safetensors, .bin, .pt, .onnx, .gguf, …)");
        }
        return new CheckpointFiles(verbatim, large, scan.ignored(), findings);
    }

    List<Entry> all() {
        return Stream.concat(large.stream().map(Large::entry), verbatim.stream()).toList();
    }

    long largeBytes() {
        return large.stream().mapToLong(file -> file.entry().size()).sum();
    }
}
