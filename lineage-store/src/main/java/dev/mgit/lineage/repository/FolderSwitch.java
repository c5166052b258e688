package dev.mgit.lineage.repository;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.git.DurableNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a command is about to do to one folder of the user's. All it touches are paths relative to that folder and the
 * record of what the folder holds; no link is followed on the way to any of them.
 *
 * @param files paths to move from the staging folder to the same path in the folder; empty where the staging folder
 *     becomes the folder
 * @param removals files to remove from the folder, then folders that are empty without them
 * @param expected what stood at these paths when this was decided on. Whatever else is found there when it comes to it is
 *     the user's: it is kept beside what replaces it, and not removed. Files that are not listed are mgit's own
 * @param record what the folder holds from then on
 */
public record FolderSwitch(
        List<String> files, List<String> removals, Map<String, FileStat> expected, Optional<CheckoutRecord> record) {
    private static final String STAGING = ".mgit-staging-";
    private static final Pattern STAGING_NAME = Pattern.compile(Pattern.quote(STAGING) + "[0-9a-f-]{36}");
    private static final Pattern RECORD_NAME = Pattern.compile("[0-9a-f]{24}\\.json");

    /** The staging folder becomes the folder. */
    public static FolderSwitch whole(Optional<CheckoutRecord> record) {
        return new FolderSwitch(List.of(), List.of(), Map.of(), record);
    }

    /** A file of mgit's own and its new content. */
    public record CheckoutRecord(Path file, String content) {}

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
        expected = Map.copyOf(expected);
    }

    Map<String, Object> json(Place place) {
        Map<String, Object> json = place.json();
        json.put("files", files);
        json.put("removals", removals);
        var looks = new LinkedHashMap<String, List<Long>>();
        expected.forEach((path, look) -> looks.put(path, look.numbers()));
        json.put("expected", looks);
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
        Optional<CheckoutRecord> record = json.optionalObject("record")
                .map(it -> new CheckoutRecord(Path.of(it.string("file")), it.string("content")));
        if (record.isPresent()) {
            Path file = record.get().file();
            if (!checkouts.contains(file.getParent())
                    || !RECORD_NAME.matcher(file.getFileName().toString()).matches()) {
                throw new JsonException("no checkout recorded in " + file);
            }
        }
        JsonObject looks = json.object("expected");
        var expected = new HashMap<String, FileStat>();
        looks.members().keySet().forEach(path -> expected.put(path, FileStat.of(looks.numbers(path))));
        return Optional.of(new FolderSwitch(json.strings("files"), json.strings("removals"), expected, record));
    }

    /**
     * Does it, or what is left of it.
     *
     * @return what was kept of the user's, and where
     */
    List<Path> make(Place place) throws IOException {
        List<Path> kept = new ArrayList<>();
        if (place.fresh()) {
            if (Files.isDirectory(place.staging(), LinkOption.NOFOLLOW_LINKS)) {
                DurableNames.syncFolders(place.staging());
                Files.move(place.staging(), place.folder(), StandardCopyOption.ATOMIC_MOVE);
            }
        } else {
            var folder = new UserFolder(place.folder());
            for (String file : files) {
                Path from = within(place.staging(), file);
                if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
                    place(folder, from, within(place.folder(), file), expected.get(file))
                            .ifPresent(kept::add);
                }
            }
            for (String removal : removals) {
                // Follows no link itself, and what lies behind one is not mgit's to remove.
                folder.remove(place.folder().resolve(inside(removal)), expected.getOrDefault(removal, FileStat.ABSENT));
            }
        }
        sync(place);
        if (record.isPresent()) {
            keep(record.get(), place);
        }
        return kept;
    }

    /** The names: what the files hold was synced when it was written. */
    private void sync(Place place) throws IOException {
        Set<Path> folders = new HashSet<>(Set.of(place.base()));
        if (!place.fresh()) {
            for (List<String> paths : List.of(files, removals)) {
                for (String path : paths) {
                    Path at = place.folder().resolve(path).getParent();
                    for (; at != null && at.startsWith(place.folder()) && folders.add(at); at = at.getParent()) {}
                }
            }
        }
        for (Path folder : folders) {
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                DurableFiles.syncFolder(folder);
            }
        }
    }

    private static Optional<Path> place(UserFolder folder, Path from, Path to, @Nullable FileStat look)
            throws IOException {
        if (look != null) {
            return folder.place(from, to, look);
        }
        Files.createDirectories(DurableFiles.folderOf(to));
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return Optional.empty();
    }

    /** By way of a name that whoever takes this up after a crash uses again. */
    private static void keep(CheckoutRecord record, Place place) throws IOException {
        Files.createDirectories(DurableFiles.folderOf(record.file()));
        Path fresh = record.file().resolveSibling(record.file().getFileName() + place.stagingName() + ".new");
        DurableFiles.write(fresh, record.content().getBytes(StandardCharsets.UTF_8));
        Files.move(fresh, record.file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.syncFolder(DurableFiles.folderOf(record.file()));
    }

    private static Path inside(String path) {
        Path relative = Path.of(path);
        if (path.isEmpty()
                || relative.isAbsolute()
                || !relative.equals(relative.normalize())
                || relative.startsWith("..")) {
            throw new JsonException("'" + path + "' lies outside the folder");
        }
        return relative;
    }

    /** A path in a folder, none of whose parts leads anywhere else. */
    private static Path within(Path folder, String path) throws IOException {
        Path at = folder;
        for (Path part : inside(path)) {
            if (Files.isSymbolicLink(at)) {
                throw new FileSystemException(at.toString(), null, "is a link");
            }
            at = at.resolve(part);
        }
        return at;
    }
}
