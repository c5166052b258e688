package dev.mgit.serve.hub.push;

import dev.mgit.delta.Hashes;
import dev.mgit.lineage.checkpoint.FileContent;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.SafePath;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.hub.HubEntry;
import dev.mgit.serve.hub.HubErrors;
import dev.mgit.serve.hub.HubTree;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The files that one commit adds, in a folder of their own, and those of the version before that it replaces or deletes. */
final class PushedFiles implements CommitBody.Operations, AutoCloseable {
    private final Uploads uploads;
    private final XetFiles xet;
    private final StoredFiles stored;
    private final Optional<VersionId> base;
    private final HubTree before;
    private final Path push;
    /** SHA-256 of each file that is added, by path. */
    private final TreeMap<String, Added> added = new TreeMap<>();

    private final TreeSet<String> deleted = new TreeSet<>();

    /** @param size empty if the client does not say */
    private record Added(String sha256, Optional<Long> size, boolean inFolder) {}

    /** @param before the files of {@code base}; none if there is none */
    PushedFiles(Uploads uploads, XetFiles xet, StoredFiles stored, Optional<VersionId> base, HubTree before)
            throws IOException {
        this.uploads = uploads;
        this.xet = xet;
        this.stored = stored;
        this.base = base;
        this.before = before;
        this.push = uploads.newPush();
        Files.createDirectory(folder());
    }

    Path folder() {
        return push.resolve("files");
    }

    @Override
    public void file(String path, byte[] content) throws IOException {
        forget(path);
        try (var file = new StagedFile(uploads, place(path))) {
            file.write(content);
            file.publish();
        } catch (FileSystemException e) {
            throw Refusals.diskFull(e)
                    .orElseGet(() -> Refusals.malformed("the commit has two files that are one: '" + path + "'"));
        } catch (IOException e) {
            throw Refusals.of(e);
        }
        String sha256 = HexFormat.of().formatHex(Hashes.sha256().digest(content));
        added.put(path, new Added(sha256, Optional.of((long) content.length), true));
    }

    @Override
    public void large(String path, String sha256, Optional<Long> size) throws IOException {
        forget(path);
        added.put(path, new Added(sha256, size, false));
    }

    @Override
    public void deleteFile(String path) throws IOException {
        if (before.file(path).isEmpty() && !added.containsKey(path)) {
            throw base.map(version -> HubErrors.noEntry(version, path))
                    .orElseGet(() -> Refusals.malformed("there is no file '" + path + "'"));
        }
        forget(path);
        deleted.add(path);
    }

    @Override
    public void deleteFolder(String path) throws IOException {
        String trimmed = path.replaceAll("^\\./|/+$", "");
        List<HubEntry> below = before.below(trimmed, true)
                .orElseThrow(() -> base.map(version -> HubErrors.noEntry(version, path))
                        .orElseGet(() -> Refusals.malformed("there is no folder '" + path + "'")));
        below.stream().filter(entry -> !entry.isFolder()).map(HubEntry::path).forEach(deleted::add);
        String prefix = trimmed.isEmpty() ? "" : trimmed + "/";
        for (String file : new ArrayList<>(added.tailMap(prefix).keySet())) {
            if (file.startsWith(prefix)) {
                forget(file);
            }
        }
    }

    /** A later line about a path takes the place of an earlier one. */
    private void forget(String path) throws IOException {
        requireName(path);
        @Nullable Added earlier = added.remove(path);
        if (earlier != null && earlier.inFolder()) {
            uploads.delete(place(path));
        }
    }

    private static void requireName(String path) {
        Optional<String> why = SafePath.refusal(path);
        if (why.isPresent()) {
            throw Refusals.malformed("the file name '" + path + "' " + why.get());
        }
        for (String name : path.split("/", -1)) {
            if (name.startsWith(".mgit")) {
                throw Refusals.malformed("the file name '" + path + "' is one of mgit's own");
            }
        }
    }

    private Path place(String path) {
        return SafePath.in(folder(), path);
    }

    /** Whether the version before has this file and keeps it. */
    boolean stays(String path) {
        return !added.containsKey(path) && !deleted.contains(path);
    }

    /** Whether all that is added is there already, and nothing is deleted. */
    boolean changesNothing() {
        return deleted.isEmpty() && added.entrySet().stream().allMatch(file -> isSame(file.getKey(), file.getValue()));
    }

    private boolean isSame(String path, Added file) {
        Optional<HubEntry> known = before.file(path);
        if (!file.inFolder()) {
            return known.flatMap(HubEntry::sha256).equals(Optional.of(file.sha256()));
        }
        try {
            return known.isPresent() && known.get().holds(Files.readAllBytes(place(path)));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Sees that the names go together, and that something is left.
     *
     * @throws HttpError if not
     */
    void requireSense() {
        TreeSet<String> all = new TreeSet<>(added.keySet());
        before.files().stream().map(HubEntry::path).filter(this::stays).forEach(all::add);
        if (all.isEmpty()) {
            throw Refusals.malformed("a version has one file at least");
        }
        for (String path : all) {
            @Nullable String next = all.ceiling(path + "/");
            if (next != null && next.startsWith(path + "/")) {
                throw Refusals.malformed("'" + path + "' would be a file and a folder");
            }
        }
    }

    /**
     * Puts the large files into the folder: from uploads, or from a version that has them.
     *
     * @param repository for the thread that calls this alone
     * @throws HttpError if a file was not uploaded, or is not what it is said to be
     */
    void gather(Repository repository) throws IOException {
        for (Map.Entry<String, Added> file : new LinkedHashMap<>(added).entrySet()) {
            if (!file.getValue().inFolder()) {
                gather(repository, file.getKey(), file.getValue());
            }
        }
    }

    private void gather(Repository repository, String path, Added file) throws IOException {
        Path sent = uploads.objects().resolve(file.sha256());
        Optional<Path> session = xet.session(file.sha256());
        Files.createDirectories(place(path).toAbsolutePath().getParent());
        if (Files.exists(sent)) {
            Files.createLink(place(path), sent);
        } else if (session.isPresent()) {
            write(path, file, out -> xet.write(session.get(), file.sha256(), out));
        } else {
            StoredFiles.Place place = base.flatMap(version -> stored.find(version, file.sha256()))
                    .orElseThrow(() -> Refusals.malformed("'" + path + "' (SHA-256 " + file.sha256()
                            + ") was not uploaded, or so long ago that it has expired; push again"));
            FileEntry entry = repository
                    .lineage()
                    .checkpoint(place.version())
                    .file(place.path())
                    .orElseThrow();
            write(path, file, out -> FileContent.copy(repository, place.version(), entry, out));
        }
        long size = Files.size(place(path));
        if (size != file.size().orElse(size)) {
            throw Refusals.malformed("'" + path + "' has " + size + " bytes, not the "
                    + file.size().get() + " the commit says");
        }
    }

    private interface Writing {
        void to(StagedFile out) throws IOException;
    }

    private void write(String path, Added file, Writing writing) throws IOException {
        try (var out = new StagedFile(uploads, place(path), file.size().orElse(Long.MAX_VALUE))) {
            writing.to(out);
            if (!out.sha256().equals(file.sha256())) {
                throw Refusals.malformed("what was uploaded for '" + path + "' does not have SHA-256 " + file.sha256());
            }
            out.publish();
        }
    }

    /** Lets go of the uploads that are committed now. */
    void forgetUploads() throws IOException {
        for (Added file : added.values()) {
            uploads.delete(uploads.objects().resolve(file.sha256()));
            Optional<Path> session = xet.session(file.sha256());
            if (session.isPresent()) {
                xet.delete(session.get(), file.sha256());
            }
        }
    }

    @Override
    public void close() throws IOException {
        uploads.delete(push);
    }
}
