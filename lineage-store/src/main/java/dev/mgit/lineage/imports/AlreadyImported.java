package dev.mgit.lineage.imports;

import dev.mgit.delta.Hashes;
import dev.mgit.lineage.checkpoint.FolderScan;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Finds out whether a checkpoint is in the repository already, so that an import repeats nothing. */
final class AlreadyImported {
    /** A version, its model, and whether it was imported from the same place. */
    record Known(String model, VersionId version, boolean same) {}

    private final Lineage lineage;
    private final boolean weightsOnly;

    /** @param weightsOnly whether training state is left out */
    AlreadyImported(Lineage lineage, boolean weightsOnly) {
        this.lineage = lineage;
        this.weightsOnly = weightsOnly;
    }

    /**
     * The version that holds a checkpoint; else, not the same, one of the model that others of its group went to.
     *
     * @param name the model's name if it were new
     */
    Optional<Known> find(ImportRecord record, String name, Path path) throws IOException {
        Optional<Known> group = Optional.empty();
        for (Model model : lineage.models()) {
            if (!model.name().equals(name)
                    && !model.name().matches(Pattern.quote(name) + "-\\d+")
                    && !model.name().equals(name.replace('/', '-'))) {
                continue;
            }
            for (VersionId version : versions(model)) {
                Optional<ImportRecord> known =
                        lineage.extra(version, ImportRecord.NAME).flatMap(ImportRecord::parse);
                if (known.filter(record::provesSameAs).isPresent() || sameFiles(version, path)) {
                    return Optional.of(new Known(model.name(), version, true));
                }
                if (known.filter(other -> other.group().equals(record.group())).isPresent()) {
                    group = Optional.of(new Known(model.name(), version, false));
                }
            }
        }
        return group;
    }

    private List<VersionId> versions(Model model) {
        List<VersionId> versions = new ArrayList<>();
        Optional<VersionId> next = Optional.of(model.head());
        while (next.isPresent()) {
            versions.add(next.get());
            next = lineage.version(next.get()).previous();
        }
        return versions;
    }

    /** Compares names and sizes first; only where all agree are contents read. */
    private boolean sameFiles(VersionId version, Path path) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        List<FileEntry> stored = lineage.checkpoint(version).files();
        stored.forEach(file -> sizes.put(file.path(), file.size()));
        Map<String, Path> files = FolderScan.of(path, weightsOnly).files();
        if (!sizes.keySet().equals(files.keySet())) {
            return false;
        }
        for (Map.Entry<String, Path> file : files.entrySet()) {
            if (sizes.getOrDefault(file.getKey(), -1L) != Files.size(file.getValue())) {
                return false;
            }
        }
        for (FileEntry file : stored) {
            if (!sameContent(version, file, Objects.requireNonNull(files.get(file.path())))) {
                return false;
            }
        }
        return true;
    }

    private boolean sameContent(VersionId version, FileEntry stored, Path file) throws IOException {
        if (stored.stored() == FileEntry.Storage.VERBATIM) {
            return Arrays.equals(lineage.verbatim(version, stored.path()), Files.readAllBytes(file));
        }
        MessageDigest digest = Hashes.sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of()
                .formatHex(digest.digest())
                .equals(lineage.manifest(version, stored.path()).sha256());
    }
}
