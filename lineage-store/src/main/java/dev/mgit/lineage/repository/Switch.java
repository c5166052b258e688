package dev.mgit.lineage.repository;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one journal entry says: the moves and removals that turn a user's folder from one version into another. */
final class Switch {
    private static final String ABSENT = "absent";

    /** The file key of the repository's folder. */
    final String repository;
    /** The user's folder; nothing else of the user's is touched. */
    final Path folder;

    final Path staging;
    /** What mgit will know of the folder afterwards. */
    final Path prepared;

    final List<Step> moves = new ArrayList<>();
    final List<Step> removals = new ArrayList<>();

    /**
     * One file moved, or removed where both paths are the same.
     *
     * @param seen what stood at {@code to} when this was decided
     */
    record Step(Path from, Path to, String seen) {}

    Switch(String repository, Path folder, Path staging, Path prepared) {
        this.repository = repository;
        this.folder = folder;
        this.staging = staging;
        this.prepared = prepared;
    }

    Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("repository", repository);
        json.put("folder", folder.toString());
        json.put("staging", staging.toString());
        json.put("moves", moves.stream().map(Switch::json).toList());
        json.put("removals", removals.stream().map(Switch::json).toList());
        return json;
    }

    private static Map<String, Object> json(Step step) {
        return Map.of("from", step.from.toString(), "to", step.to.toString(), "seen", step.seen);
    }

    static Switch of(JsonObject json, Path prepared) {
        var read = new Switch(
                json.string("repository"), Path.of(json.string("folder")), Path.of(json.string("staging")), prepared);
        json.objects("moves").forEach(step -> read.moves.add(step(step)));
        json.objects("removals").forEach(step -> read.removals.add(step(step)));
        return read;
    }

    private static Step step(JsonObject json) {
        return new Step(Path.of(json.string("from")), Path.of(json.string("to")), json.string("seen"));
    }

    /** What tells a file from another that took its place: size, times, identity. */
    static String look(Path file) throws IOException {
        try {
            Map<String, Object> all = Files.readAttributes(file, attributes(file), LinkOption.NOFOLLOW_LINKS);
            return all.values().stream()
                    .map(String::valueOf)
                    .sorted()
                    .reduce("", (a, b) -> a + " " + b)
                    .strip();
        } catch (NoSuchFileException e) {
            return ABSENT;
        }
    }

    private static String attributes(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? "unix:size,lastModifiedTime,ctime,ino,mode"
                : "size,lastModifiedTime,creationTime";
    }

    /** @throws JsonException if it names anything that a checkout of this folder would not touch */
    void requireWithin(RepositoryFiles files) {
        boolean beside = staging.equals(staging.normalize())
                && (folder.equals(staging.getParent()) || parent(folder).equals(staging.getParent()))
                && String.valueOf(staging.getFileName()).startsWith(".mgit-staging-");
        boolean within = beside
                && moves.stream().allMatch(step -> isState(files, step) || isOfFolder(step))
                && removals.stream().allMatch(step -> isBelow(step.to, folder));
        if (!within) {
            throw new JsonException("it names files outside its folder");
        }
    }

    private boolean isState(RepositoryFiles files, Step step) {
        return step.from.equals(prepared) && files.checkouts().equals(step.to.getParent());
    }

    private boolean isOfFolder(Step step) {
        return (isBelow(step.from, staging) && isBelow(step.to, folder))
                || (step.from.equals(staging) && step.to.equals(folder));
    }

    private static boolean isBelow(Path path, Path folder) {
        return path.equals(path.normalize()) && path.startsWith(folder) && !path.equals(folder);
    }

    private static Path parent(Path folder) {
        Path parent = folder.getParent();
        return parent == null ? folder : parent;
    }

    /**
     * Makes what moves and removals are still to be made.
     *
     * @param later whether time has passed since this was decided: what was changed meanwhile is then left alone
     */
    void carryOut(boolean later) throws IOException {
        for (Step step : moves) {
            if (Files.exists(step.from, LinkOption.NOFOLLOW_LINKS) && !(later && isChanged(step))) {
                makeFolder(step.to);
                Files.move(step.from, step.to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        for (Step step : removals) {
            if (!(later && isChanged(step)) && !leadsThroughLink(step.to)) {
                Files.deleteIfExists(step.to);
            }
        }
    }

    private boolean isChanged(Step step) throws IOException {
        return !step.from.equals(prepared) && !look(step.to).equals(step.seen);
    }

    private void makeFolder(Path target) throws IOException {
        if (leadsThroughLink(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "a link is in the way");
        }
        Files.createDirectories(DurableFiles.folderOf(target));
    }

    /** Whether a folder between the user's and the file is a link. */
    private boolean leadsThroughLink(Path target) {
        if (!target.startsWith(folder)) {
            return false;
        }
        for (Path above = target.getParent(); above != null && !above.equals(folder) && above.startsWith(folder); ) {
            if (Files.isSymbolicLink(above)) {
                return true;
            }
            above = above.getParent();
        }
        return false;
    }
}
