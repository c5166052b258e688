package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.lineage.completeness.KeptLayout;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files of a checkpoint, every header read and found sound before anything is stored.
 *
 * @param verbatim small files, kept in Git as they are
 * @param large files whose bytes go to the parameter store
 * @param folders those that hold nothing
 */
record CheckpointFiles(
        List<Entry> verbatim, List<Large> large, List<String> folders, List<String> ignored, Findings findings) {
    /** Files below this size that hold no tensors are kept in Git, where people can read and compare them. */
    private static final long LARGE = 1 << 20;

    /**
     * One file on disk.
     *
     * @param stat what it looked like before anything of it was read
     * @param settled whether every change since then must show
     */
    record Entry(String path, Path file, FileStat stat, boolean settled, boolean executable) {
        static Entry of(String path, Path file) throws IOException {
            long now = FileStat.now();
            FileStat stat = FileStat.following(file);
            boolean executable = stat.executable() && FileStat.keepsExecutable(file);
            return new Entry(path, file, stat, stat.settled(now), executable);
        }

        long size() {
            return stat.size();
        }

        /**
         * Opens it to read it again. Another file of the name, or something that is no file, is not opened.
         *
         * @throws MgitException of kind FAILED if it is not what it was
         */
        FileByteSource open() throws IOException {
            requireThere();
            return FileByteSource.open(file);
        }

        /** All of a small file, as {@link #open}. */
        byte[] bytes() throws IOException {
            requireThere();
            byte[] bytes = Files.readAllBytes(file);
            requireUnchanged(FileContents.sha256(bytes));
            return bytes;
        }

        private void requireThere() throws IOException {
            try {
                FileStat now = FileStat.following(file);
                require(now.regular() && now.size() == stat.size());
            } catch (NoSuchFileException e) {
                require(false);
            }
        }

        /**
         * Where the file system leaves doubt, what is there now is hashed.
         *
         * @param sha256 of what was read, in hex
         * @throws MgitException of kind FAILED if the file is not what it was when it was first looked at
         */
        void requireUnchanged(String sha256) throws IOException {
            FileStat now = FileStat.following(file);
            boolean sure = settled && now.equals(stat);
            require(now.size() == stat.size()
                    && now.modified() == stat.modified()
                    && (sure || FileContents.sha256(file).equals(sha256)));
        }

        /** @throws MgitException of kind FAILED if it is not what it was */
        void require(boolean unchanged) {
            if (!unchanged) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "'" + path + "' changed while it was being read",
                        "commit again once nothing writes to it");
            }
        }
    }

    /** A large file and its layout. */
    record Large(Entry entry, KeptLayout layouts) {
        Layout layout() throws IOException {
            return layouts.get();
        }
    }

    /**
     * Scans a path. A file that was named is taken whatever it holds, a folder if there are weights in it.
     *
     * @param weightsOnly whether to leave out the training state of a folder
     * @throws MgitException if it holds no weights, or a file that is damaged or cannot be stored
     */
    static CheckpointFiles read(Path path, boolean weightsOnly) throws IOException {
        var files = read(path, weightsOnly, search -> {});
        if (files.large.isEmpty() && files.findings.opaque().isEmpty() && Files.isDirectory(path)) {
            List<String> missing = files.findings.missing();
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "there are no weights in '" + path + "'"
                            + (missing.isEmpty() ? "" : ": " + String.join("; ", missing)),
                    "give the folder or file that holds the checkpoint (.safetensors, .bin, .pt, .onnx, .gguf, …)");
        }
        return files;
    }

    /** Scans a folder of changes, which need not be weights; what stays beside them is seen by the checks too. */
    static CheckpointFiles read(Repository repository, Path folder, boolean weightsOnly, Changes changes)
            throws IOException {
        return read(folder, weightsOnly, search -> changes.show(repository, folder, search));
    }

    /** Adds to what the checks see. */
    private interface Showing {
        void to(FindingsSearch search) throws IOException;
    }

    private static CheckpointFiles read(Path path, boolean weightsOnly, Showing more) throws IOException {
        FolderScan scan = FolderScan.of(path, weightsOnly);
        List<Entry> verbatim = new ArrayList<>();
        List<Large> large = new ArrayList<>();
        var look = new FindingsSearch(path, scan);
        for (Map.Entry<String, Path> file : scan.files().entrySet()) {
            var entry = Entry.of(file.getKey(), file.getValue());
            KeptLayout reading = look.read(entry);
            if (!reading.isOpaque() || entry.size() >= LARGE) {
                large.add(new Large(entry, reading));
            } else {
                verbatim.add(entry);
            }
        }
        more.to(look);
        Findings findings = look.findings();
        return new CheckpointFiles(verbatim, large, List.copyOf(scan.folders()), scan.ignored(), findings);
    }

    /** The same with some of the large files alone. */
    CheckpointFiles withOnly(List<Large> some) {
        return new CheckpointFiles(List.of(), some, List.of(), List.of(), findings);
    }

    /** All files, the small first. */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(verbatim);
        large.forEach(file -> entries.add(file.entry()));
        return entries;
    }

    long largeBytes() {
        return large.stream().mapToLong(file -> file.layouts().size()).sum();
    }
}
