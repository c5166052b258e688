package dev.mgit.hooks.data;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The data a version was made with, as its maker declared it with {@code --data}. Kept in the version's tree as
 * {@value #FILE}, so that it is covered by the version's id and travels with it.
 */
public record DataRecord(List<Item> items) {
    /** The name of the record in a version's tree. */
    public static final String FILE = "data.json";

    private static final int SCHEMA = 1;

    /**
     * One file or folder, or a data set known by its digest.
     *
     * @param sha256 of the file, or of a folder as that of a recipe's input is made
     * @param path where it was, relative to the repository's folder or absolute; empty where only a digest was given
     * @param licence an SPDX expression
     */
    public record Item(String name, String sha256, Optional<String> path, Optional<String> licence) {}

    public DataRecord {
        items = List.copyOf(items);
    }

    /** What was declared of a version; none where nothing was. */
    public static DataRecord of(Lineage lineage, VersionId version) {
        return lineage.extra(version, FILE)
                .map(json -> fromBytes(json, "the record of the data of " + version.abbreviated()))
                .orElse(new DataRecord(List.of()));
    }

    /** The same as it is now: of data that is still where it was, the digest is taken again. */
    public DataRecord now(Path root) {
        return new DataRecord(items.stream()
                .map(item -> item.path()
                        .map(root::resolve)
                        .filter(Files::exists)
                        .map(file -> new Item(item.name(), FolderTools.digest(file), item.path(), item.licence()))
                        .orElse(item))
                .toList());
    }

    /** Records of a version's tree with this one, if there is anything to record. */
    public Map<String, byte[]> with(Map<String, byte[]> extra) {
        if (items.isEmpty()) {
            return extra;
        }
        Map<String, byte[]> all = new HashMap<>(extra);
        all.put(FILE, toBytes());
        return all;
    }

    public byte[] toBytes() {
        return Json.pretty(JsonMembers.of(
                "schema",
                SCHEMA,
                "data",
                items.stream()
                        .map(item -> JsonMembers.of(
                                "name", item.name(),
                                "sha256", item.sha256(),
                                "path", item.path(),
                                "licence", item.licence()))
                        .toList()));
    }

    /** @throws MgitException of kind INTEGRITY if the record is damaged */
    public static DataRecord fromBytes(byte[] bytes, String what) {
        return JsonMembers.read(bytes, what, json -> {
            if (json.number("schema") > SCHEMA) {
                throw new MgitException(
                        MgitException.Kind.FAILED, what + " was written by a newer mgit", "update mgit to read it");
            }
            return new DataRecord(json.objects("data").stream()
                    .map(item -> new Item(
                            item.string("name"),
                            item.string("sha256"),
                            item.optionalString("path"),
                            item.optionalString("licence")))
                    .toList());
        });
    }
}
