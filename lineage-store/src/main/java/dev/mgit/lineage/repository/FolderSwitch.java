package dev.mgit.lineage.repository;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What a command is about to do to one folder of the user's. All it touches are paths relative to that folder and the
 * record of what the folder holds; no link is followed on the way to any of them.
 *
 * @param files paths to move from the staging folder to the same path in the folder; empty where the staging folder
 *     becomes the folder
 * @param removals files to remove from the folder, unless somebody changes them before that
 * @param record what the folder holds from then on
 */
public record FolderSwitch(List<String> files, List<Removal> removals, Optional<Record> record) {
    private static final String STAGING = ".mgit-staging-";
    private static final Pattern STAGING_NAME = Pattern.compile(Pattern.quote(STAGING) + "[0-9a-f-]{36}");
    private static final Pattern RECORD_NAME = Pattern.compile("[0-9a-f]{24}\\.json");

    /** A file as it was when its removal was decided on. */
    public record Removal(String path, long size, long modifiedNanos) {
        public static Removal of(Path folder, String path) throws IOException {
            BasicFileAttributes now =
                    Files.readAttributes(folder.resolve(path), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Removal(path, now.size(), now.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }

        private void from(Path folder) throws IOException {
            Path file = within(folder, path);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    && of(folder, path).equals(this)) {
                Files.delete(file);
            }
        }

        private Map<String, Object> json() {
            return Map.of("path", path, "size", size, "modified", modifiedNanos);
        }

        private static Removal read(JsonObject json) {
            return new Removal(json.string("path"), json.number("size"), json.number("modified"));
        }
    }

    /** A file of mgit's own and its new content. */
    public record Record(Path file, String content) {}

    /**
     * The folder and where its new files wait: in the folder, or beside it if it does not exist yet.
     *
     * @param folder without links on the way to it
     */
    record Place(Path folder, boolean fresh, String stagingName) {
        static Place of(Path folder, boolean fresh) throws IOException {
            Path real = fresh
                    ? DurableFiles.folderOf(folder).toRealPath().resolve(folder.getFileName())
                    : folder.toRealPath();
            return new Place(real, fresh, STAGING + UUID.randomUUID());
        }

        static Place read(JsonObject json) {
            Path folder = Path.of(json.string("folder"));
            String name = json.string("staging");
            if (!folder.isAbsolute()
                    || folder.getParent() == null
                    || !STAGING_NAME.matcher(name).matches()) {
                throw new JsonException("no checkout wrote this");
            }
            return new Place(folder.normalize(), json.flag("fresh"), name);
        }

        private Path base() {
            return fresh ? DurableFiles.folderOf(folder) : folder;
        }

        Path staging() {
            return base().resolve(stagingName);
        }

        /**
         * Whether the folder, or the one it is to appear in, still exists.
         *
         * @throws FileSystemException if a link leads there by now
         */
        boolean isThere() throws IOException {
            if (Files.notExists(base())) {
                return false;
            }
            if (!base().toRealPath().equals(base())) {
                throw new FileSystemException(
                        base().toString(), null, "is reached by a link that was not there before");
            }
            return true;
        }

        Map<String, Object> json() {
            var json = new LinkedHashMap<String, Object>();
            json.put("folder", folder.toString());
            json.put("fresh", fresh);
            json.put("staging", stagingName);
            return json;
        }
    }

    public FolderSwitch {
        files = List.copyOf(files);
        removals = List.copyOf(removals);
    }

    Map<String, Object> json(Place place) {
        Map<String, Object> json = place.json();
        json.put("files", files);
        json.put("removals", removals.stream().map(Removal::json).toList());
        record.ifPresent(it -> json.put("record", Map.of("file", it.file().toString(), "content", it.content())));
        return json;
    }

    /**
     * Empty if the switch was never decided on.
     *
     * @param checkouts folders in which there may be a record
     */
    static Optional<FolderSwitch> read(JsonObject json, List<Path> checkouts) {
        if (!json.has("files")) {
            return Optional.empty();
        }
        Optional<Record> record =
                json.optionalObject("record").map(it -> new Record(Path.of(it.string("file")), it.string("content")));
        if (record.isPresent()) {
            Path file = record.get().file();
            if (!checkouts.contains(file.getParent())
                    || !RECORD_NAME.matcher(file.getFileName().toString()).matches()) {
                throw new JsonException("no checkout recorded in " + file);
            }
        }
        List<Removal> removals =
                json.objects("removals").stream().map(Removal::read).toList();
        return Optional.of(new FolderSwitch(json.strings("files"), removals, record));
    }

    /** Does it, or what is left of it. */
    void make(Place place) throws IOException {
        if (place.fresh()) {
            if (Files.isDirectory(place.staging(), LinkOption.NOFOLLOW_LINKS)) {
                Files.move(place.staging(), place.folder(), StandardCopyOption.ATOMIC_MOVE);
            }
        } else {
            for (String file : files) {
                Path from = within(place.staging(), file);
                if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
                    Path to = within(place.folder(), file);
                    Files.createDirectories(DurableFiles.folderOf(to));
                    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            }
            for (Removal removal : removals) {
                removal.from(place.folder());
            }
        }
        if (record.isPresent()) {
            keep(record.get(), place);
        }
    }

    /** By way of a name that whoever takes this up after a crash uses again. */
    private static void keep(Record record, Place place) throws IOException {
        Files.createDirectories(DurableFiles.folderOf(record.file()));
        Path fresh = record.file().resolveSibling(record.file().getFileName() + place.stagingName() + ".new");
        DurableFiles.write(fresh, record.content().getBytes(StandardCharsets.UTF_8));
        Files.move(fresh, record.file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A path in a folder, none of whose parts leads anywhere else. */
    private static Path within(Path folder, String path) throws IOException {
        Path relative = Path.of(path);
        if (path.isEmpty()
                || relative.isAbsolute()
                || !relative.equals(relative.normalize())
                || relative.startsWith("..")) {
            throw new JsonException("'" + path + "' lies outside the folder");
        }
        Path at = folder;
        for (Path part : relative) {
            if (Files.isSymbolicLink(at)) {
                throw new FileSystemException(at.toString(), null, "is a link");
            }
            at = at.resolve(part);
        }
        return at;
    }
}
