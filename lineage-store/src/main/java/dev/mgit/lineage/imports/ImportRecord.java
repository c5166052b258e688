package dev.mgit.lineage.imports;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.checkpoint.FolderScan;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.repository.FileStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a version remembers of its import, as {@code mgit/import.json} in its tree: where it lay, what its files looked
 * like, so that a later import need not read them again, and why its parents are thought to be that.
 *
 * @param source absolute path of the checkpoint
 * @param group absolute path of the folder whose checkpoints are versions of one model
 * @param stamp of every file, size, modification time, time of the last change and inode
 */
record ImportRecord(String source, String group, String stamp) {
    static final String NAME = "import.json";
    private static final int SCHEMA = 1;

    /** Of a file that may change once more without looking different. */
    private static final String UNSETTLED = "?";

    /** @param weightsOnly whether training state is left out */
    static ImportRecord of(FoundCheckpoint checkpoint, boolean weightsOnly) throws IOException {
        StringBuilder stamp = new StringBuilder();
        for (Map.Entry<String, Path> file :
                FolderScan.of(checkpoint.path(), weightsOnly).files().entrySet()) {
            long now = FileStat.now();
            FileStat look = FileStat.following(file.getValue());
            stamp.append(file.getKey())
                    .append('\t')
                    .append(look.size())
                    .append('\t')
                    .append(look.modified())
                    .append('\t')
                    .append(look.settled(now) ? look.changed() + "\t" + look.inode() : UNSETTLED)
                    .append('\n');
        }
        return new ImportRecord(
                checkpoint.path().toAbsolutePath().normalize().toString(),
                checkpoint.group().toAbsolutePath().normalize().toString(),
                stamp.toString());
    }

    /** True if nothing can have changed since another record was made of the same place. */
    boolean provesSameAs(ImportRecord other) {
        return equals(other) && !stamp.contains("\t" + UNSETTLED + "\n");
    }

    byte[] format(String label, Optional<Detected> origin) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("schema", SCHEMA);
        record.put("source", source);
        record.put("group", group);
        record.put("label", label);
        record.put("files", List.of(stamp.split("\n")));
        origin.ifPresent(found -> {
            Map<String, Object> detected = new LinkedHashMap<>();
            List<String> parents = new ArrayList<>();
            found.parents().forEach(parent -> parents.add(parent.name()));
            detected.put("parents", parents);
            detected.put("kind", found.kind().word());
            detected.put("confidence", found.confidence());
            detected.put("evidence", found.evidence());
            record.put("detected", detected);
        });
        return Json.pretty(record);
    }

    /** Empty if the bytes are no such record, or one of a newer form. */
    static Optional<ImportRecord> parse(byte[] bytes) {
        try {
            JsonObject record = Json.parseObject(bytes);
            String stamp = String.join("\n", record.strings("files")) + "\n";
            return Optional.of(new ImportRecord(record.string("source"), record.string("group"), stamp));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }
}
