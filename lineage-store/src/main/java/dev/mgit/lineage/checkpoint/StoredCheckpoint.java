package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.git.ManifestShelf;
import dev.mgit.lineage.version.FileEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A checkpoint whose blocks are durably in the store and whose Git objects are yet to be written. */
record StoredCheckpoint(
        List<FileEntry> files,
        List<String> folders,
        Map<String, byte[]> verbatim,
        ManifestShelf manifests,
        int tensors,
        List<String> ignored,
        long newBytes,
        long healedBytes,
        long storedBytes,
        Duration choosing,
        Duration sampling,
        Optional<LossReport> loss) {}
