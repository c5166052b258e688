package dev.mgit.lineage.hub;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One commit of a model in the cache of huggingface_hub: {@code models--ORG--NAME/snapshots/COMMIT}. Its files are links
 * into the model's {@code blobs}, and those, since version 2, may be links into a {@code blobs} folder shared by the
 * whole cache. {@code trees/COMMIT.json} lists the files that the hub has.
 *
 * @param folder the snapshot's own folder, without links
 * @param model the model's folder
 */
public record HubSnapshot(Path folder, Path model) {
    private static final Pattern MODEL = Pattern.compile("(models|datasets|spaces)--.+");
    private static final String SNAPSHOTS = "snapshots";
    private static final String BLOBS = "blobs";
    private static final long LONGEST_LISTING = 8L << 20;

    /** What the hub says of a file: its bytes, and under which names its blob may be. */
    private record Listed(long size, List<String> blobs) {}

    /**
     * The snapshot that a folder is, or lies in.
     *
     * @param folder one that exists
     */
    public static Optional<HubSnapshot> containing(Path folder) throws IOException {
        for (Path at = folder.toRealPath(); at != null; at = at.getParent()) {
            Path snapshots = at.getParent();
            if (snapshots != null && name(snapshots).equals(SNAPSHOTS)) {
                Path model = snapshots.getParent();
                if (model != null && Files.isDirectory(model.resolve(BLOBS), LinkOption.NOFOLLOW_LINKS)) {
                    return Optional.of(new HubSnapshot(at, model));
                }
            }
        }
        return Optional.empty();
    }

    public String commit() {
        return name(folder);
    }

    /** Whether a link in the snapshot may lead to a file: one of this model, or a blob of the cache it belongs to. */
    public boolean holds(Path target) {
        return target.startsWith(model)
                || sharedBlobs().filter(target::startsWith).isPresent();
    }

    private Optional<Path> sharedBlobs() {
        Path cache = model.getParent();
        return cache != null && MODEL.matcher(name(model)).matches()
                ? Optional.of(cache.resolve(BLOBS)).filter(blobs -> Files.isDirectory(blobs, LinkOption.NOFOLLOW_LINKS))
                : Optional.empty();
    }

    /**
     * Whether a link that leads nowhere stands for a blob that the cache does not have (any more).
     *
     * @param link one in the snapshot
     */
    public boolean standsForBlob(Path link) throws IOException {
        Path target = Files.readSymbolicLink(link);
        Path parent = link.toAbsolutePath().getParent();
        if (parent == null) {
            return false;
        }
        Path due = parent.toRealPath().resolve(target).normalize();
        return due.startsWith(model.resolve(BLOBS))
                || sharedBlobs().filter(due::startsWith).isPresent();
    }

    /** Files that the hub has and the snapshot does not, in path order; nothing if the cache holds no listing. */
    public List<String> notDownloaded() throws IOException {
        List<String> absent = new ArrayList<>();
        for (String path : listing().keySet()) {
            if (Files.notExists(folder.resolve(path))) {
                absent.add(path);
            }
        }
        return absent;
    }

    /**
     * Sentences about downloads that did not end: parts of files in the cache, and files that have another size than on
     * the hub.
     */
    public List<String> unfinished() throws IOException {
        List<String> sentences = new ArrayList<>();
        List<String> parts = parts();
        Map<String, Listed> listing = listing();
        if (listing.isEmpty() && !parts.isEmpty()) {
            sentences.add("a download of this model is unfinished: the cache has " + String.join(", ", parts));
        }
        for (Map.Entry<String, Listed> file : listing.entrySet()) {
            Path there = folder.resolve(file.getKey());
            if (Files.notExists(there)) {
                if (file.getValue().blobs().stream()
                        .anyMatch(blob -> parts.stream().anyMatch(part -> part.startsWith(blob + ".")))) {
                    sentences.add("the download of " + file.getKey() + " is unfinished");
                }
            } else if (Files.size(there) != file.getValue().size()) {
                sentences.add(file.getKey() + " has " + Files.size(there) + " bytes, on the hub "
                        + file.getValue().size());
            }
        }
        return sentences;
    }

    private List<String> parts() throws IOException {
        Path place = model.resolve(BLOBS);
        if (!Files.isDirectory(place)) {
            return List.of(); // a cache copied with its links followed, or made where there are none
        }
        try (Stream<Path> blobs = Files.list(place)) {
            return blobs.map(HubSnapshot::name)
                    .filter(name -> name.endsWith(".incomplete"))
                    .sorted()
                    .toList();
        }
    }

    private Map<String, Listed> listing() throws IOException {
        Path file = model.resolve("trees").resolve(commit() + ".json");
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST_LISTING) {
            return Map.of();
        }
        try {
            Map<String, Listed> listing = new TreeMap<>();
            JsonObject files = Json.parseObject(Files.readAllBytes(file)).object("files");
            for (String path : files.members().keySet()) {
                Path inside = folder.resolve(path).normalize();
                if (inside.startsWith(folder) && !inside.equals(folder)) {
                    listing.put(path, listed(files.object(path)));
                }
            }
            return listing;
        } catch (JsonException | InvalidPathException e) {
            return Map.of(); // a listing of a later form, or none at all
        }
    }

    private static Listed listed(JsonObject file) {
        List<String> blobs = new ArrayList<>(List.of(file.string("blob_id")));
        file.optionalString("lfs_sha256").ifPresent(blobs::add);
        return new Listed(file.number("size"), blobs);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
